#include "base/error.h"

#include <sysexits.h>

G_DEFINE_QUARK(rv - error, rv_error)

int
rv_error_exit_status(const GError *error)
{
    if (error->domain != RV_ERROR)
        return EX_SOFTWARE;
    switch ((RvError)error->code) {
    case RV_ERROR_USAGE:
        return EX_USAGE;
    case RV_ERROR_CONFIG:
        return EX_CONFIG;
    case RV_ERROR_NO_INPUT:
        return EX_NOINPUT;
    case RV_ERROR_DATA:
        return EX_DATAERR;
    case RV_ERROR_TIMEOUT:
    case RV_ERROR_AUTH:
    case RV_ERROR_PROTOCOL:
        return 1;
    case RV_ERROR_UNAVAILABLE:
        return EX_UNAVAILABLE;
    case RV_ERROR_STORE:
        return EX_IOERR;
    case RV_ERROR_CREATE:
        return EX_CANTCREAT;
    case RV_ERROR_LOCKED:
        return EX_TEMPFAIL;
    case RV_ERROR_PERMISSION:
        return EX_NOPERM;
    case RV_ERROR_INTERNAL:
        return EX_SOFTWARE;
    }
    return EX_SOFTWARE;
}
