/* Errors: one GError domain for the whole program.
 *
 * The code says what the caller may do, the message is what a person reads.
 * A device that does not answer is data (observation/), not an error. */
#pragma once

#include <glib.h>

#define RV_ERROR (rv_error_quark())
GQuark rv_error_quark(void);

typedef enum {
    RV_ERROR_USAGE,       /* the command line is wrong */
    RV_ERROR_CONFIG,      /* the operator's file is wrong: message begins file:line:column */
    RV_ERROR_NO_INPUT,    /* a named file is not there or cannot be read */
    RV_ERROR_DATA,        /* a file that a program wrote is not valid */
    RV_ERROR_TIMEOUT,     /* no answer in time: may be tried again */
    RV_ERROR_AUTH,        /* credentials refused: trying again is useless */
    RV_ERROR_PROTOCOL,    /* the peer answered, but not validly */
    RV_ERROR_UNAVAILABLE, /* a service that we need is not there (rrdcached, SMTP server) */
    RV_ERROR_STORE,       /* RRD or database failed */
    RV_ERROR_CREATE,      /* an output file cannot be created */
    RV_ERROR_LOCKED,      /* another run holds the lock */
    RV_ERROR_PERMISSION,  /* file rights are too narrow, or too wide for a secret */
    RV_ERROR_INTERNAL,    /* a bug */
} RvError;

/* The exit status of sysexits(3) for an error of ours; 70 for any other domain. */
int rv_error_exit_status(const GError *error);
