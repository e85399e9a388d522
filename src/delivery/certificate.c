/*
 * Certificates: a fault comes in, a sentence with what to do goes out. Whose signature, name or day is wrong is what the
 * person who looks after the server needs to know.
 */
#include "delivery/certificate.h"

#include "base/date.h"

static void add_day(struct str *out, const char *before, time_t moment) {
    struct tm day;
    if (moment <= 0 || gmtime_r(&moment, &day) == NULL)
        return;
    str_adds(out, before);
    date_format(out, (struct date){day.tm_year + 1900, day.tm_mon + 1, day.tm_mday}, "en-GB");
}

static void add_names(struct str *out, const struct certificate *certificate) {
    size_t shown = certificate->names_count < CERTIFICATE_NAMES_MAX ? certificate->names_count : CERTIFICATE_NAMES_MAX;
    for (size_t i = 0; i < shown; i++) {
        str_adds(out, i == 0 ? "" : i + 1 < certificate->names_count ? ", " : " and ");
        str_adds(out, certificate->names[i]);
    }
    if (certificate->names_count > shown)
        str_addf(out, " and %zu more", certificate->names_count - shown);
}

/* A server of one's own is where these come from; elsewhere somebody may be listening. */
static const char own_server[] = "if it is a server of your own, name the certificate that signed it as smtp.ca_file; "
                                 "else somebody may be in between";

void certificate_explain(const struct certificate *certificate, const char *host, struct str *out) {
    str_addf(out, "the certificate of %s ", host);
    switch (certificate->fault) {
    case CERTIFICATE_REVOKED:
        str_adds(out, "has been withdrawn by who signed it");
        break;
    case CERTIFICATE_EXPIRED:
        str_adds(out, "has expired");
        add_day(out, " on ", certificate->until);
        str_adds(out, "; whoever looks after the server must renew it");
        break;
    case CERTIFICATE_NOT_YET:
        str_adds(out, "is not valid yet");
        add_day(out, ", only from ", certificate->from);
        str_adds(out, "; is this computer's clock right?");
        break;
    case CERTIFICATE_SELF_SIGNED:
        str_addf(out, "is signed by nobody but itself (self-signed); %s", own_server);
        break;
    case CERTIFICATE_UNKNOWN_SIGNER:
        str_addf(out, "is signed by nobody whom this computer knows; %s", own_server);
        break;
    case CERTIFICATE_OTHER_HOST:
        str_adds(out, "is another host's");
        if (certificate->names_count > 0) {
            str_adds(out, ": it is for ");
            add_names(out, certificate);
            str_adds(out, "; is smtp.host the name that your provider gives?");
        }
        break;
    case CERTIFICATE_PURPOSE:
        str_adds(out, "is not for servers (its key usage does not say server authentication)");
        break;
    case CERTIFICATE_WEAK:
        str_adds(out, "is made in an old way that is not safe any more; whoever looks after the server must renew it");
        break;
    case CERTIFICATE_INVALID:
        str_adds(out, "is not valid");
        break;
    }
}
