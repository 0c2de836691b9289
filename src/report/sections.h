/* Sections: from the model to the document. One function a section, in the order of the report;
 * rv_report_document() (sections.c) is the table of contents. For report/ alone, but the first. */
#pragma once

#include "report/document.h"
#include "report/model.h"

RvDocument *rv_report_document(const RvReport *report, RvLanguage language);

void rv_section_cover(RvDocument *document, const RvReport *report);
void rv_section_contents(RvDocument *document, const RvReport *report);
void rv_section_sign_off(RvDocument *document, const RvReport *report);

/* section-summary.c */
void rv_section_summary(RvDocument *document, const RvReport *report);

/* section-service.c */
void rv_section_service_level(RvDocument *document, const RvReport *report);
void rv_section_faults(RvDocument *document, const RvReport *report);
void rv_section_actions(RvDocument *document, const RvReport *report);

/* section-detail.c */
void rv_section_trends(RvDocument *document, const RvReport *report);
void rv_section_matrix(RvDocument *document, const RvReport *report);
void rv_section_environment(RvDocument *document, const RvReport *report);
void rv_section_interfaces(RvDocument *document, const RvReport *report);
void rv_section_capacity(RvDocument *document, const RvReport *report);

/* section-census.c */
void rv_section_changes(RvDocument *document, const RvReport *report);
void rv_section_firmware(RvDocument *document, const RvReport *report);
void rv_section_access(RvDocument *document, const RvReport *report);
void rv_section_coverage(RvDocument *document, const RvReport *report);

/* section-long.c: quarter and year */
void rv_section_over_time(RvDocument *document, const RvReport *report);
void rv_section_prevention(RvDocument *document, const RvReport *report);

/* section-appendix.c */
void rv_section_graphs(RvDocument *document, const RvReport *report);
void rv_section_method(RvDocument *document, const RvReport *report);
void rv_section_sources(RvDocument *document, const RvReport *report);

/* section-round.c, section-one.c: documents of their own */
void rv_section_round(RvDocument *document, const RvReport *report);
void rv_section_fault(RvDocument *document, const RvReport *report);
void rv_section_device(RvDocument *document, const RvReport *report);

/* ---- shared ---- */

/* "" is "–". */
const char *rv_or_dash(const char *text);
/* Text of a device's cell with a link into the matrix. */
RvCell *rv_device_cell(RvTable *table, const RvReport *report, const char *device);
char *rv_device_place(const RvReport *report, const char *device); /* NULL: no such row */
char *rv_curves_place(const RvReport *report, const char *device); /* of the appendix */
RvCell *rv_verdict_cell(RvTable *table, const RvDocument *document, RvVerdict verdict);
/* "not met" with its mark. */
RvCell *rv_promise_cell(RvTable *table, const RvDocument *document, RvPromise promise);
const char *rv_class_name(const RvDocument *document, const RvReportClass *one);
char *rv_suspect_sentence(const RvDocument *document, const RvReportSuspect *suspect);
/* In how many days it reaches its limit: "27", "27 (20 – 41)". */
char *rv_forecast_days(const RvDocument *document, const RvEvidence *evidence);
/* A name within a sentence, which it must not make endless; caller frees. */
char *rv_short_name(const char *name);
/* Not longer than `most` characters; caller frees. */
char *rv_short_text(const char *text, guint most);
/* Its name, with what it measures where another finding of the device has the same name. */
char *rv_finding_name(const RvDocument *document, const RvReport *report,
                      const RvReportFinding *finding);
char *rv_finding_sentence(const RvDocument *document, const RvReportFinding *finding);
/* A fault's title; ours are made by rule and translated. */
char *rv_fault_title(const RvDocument *document, const RvFault *fault);
/* The sentence and the boxes of rv_section_sign_off(), without a heading. */
void rv_sign_boxes(RvDocument *document, const RvReport *report);
/* Cuts the rows at `most` and says how many there were. */
gboolean rv_table_full(const RvDocument *document, RvTable *table, guint most, guint all);
