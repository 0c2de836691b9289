/* libpq, loaded when a site's state is in a PostgreSQL database and not before: most sites have
 * none, and a check at a terminal should not wait for it and the thirty libraries that it brings.
 * For db/ alone. */
#pragma once

#include <glib.h>
#include <libpq-fe.h>

#define RV_LIBPQ_FUNCTIONS(X)                                                                      \
    X(PQconnectStartParams)                                                                        \
    X(PQconnectPoll)                                                                               \
    X(PQconninfoParse)                                                                             \
    X(PQconninfoFree)                                                                              \
    X(PQsetErrorVerbosity)                                                                         \
    X(PQsetNoticeReceiver)                                                                         \
    X(PQsocket)                                                                                    \
    X(PQstatus)                                                                                    \
    X(PQtransactionStatus)                                                                         \
    X(PQconsumeInput)                                                                              \
    X(PQerrorMessage)                                                                              \
    X(PQserverVersion)                                                                             \
    X(PQfinish)                                                                                    \
    X(PQexec)                                                                                      \
    X(PQprepare)                                                                                   \
    X(PQexecPrepared)                                                                              \
    X(PQresultStatus)                                                                              \
    X(PQresultErrorField)                                                                          \
    X(PQclear)                                                                                     \
    X(PQntuples)                                                                                   \
    X(PQftype)                                                                                     \
    X(PQgetisnull)                                                                                 \
    X(PQgetvalue)                                                                                  \
    X(PQcmdTuples)                                                                                 \
    X(PQunescapeBytea)                                                                             \
    X(PQfreemem)

typedef struct {
#define RV_LIBPQ_MEMBER(name) __typeof__(name) *name;
    RV_LIBPQ_FUNCTIONS(RV_LIBPQ_MEMBER)
#undef RV_LIBPQ_MEMBER
} RvLibpq;

/* The library; NULL and RV_ERROR_UNAVAILABLE where it is not installed. */
const RvLibpq *rv_libpq(GError **error);
