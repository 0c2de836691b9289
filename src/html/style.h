/* The style sheet of all pages. For html/ alone. */
#pragma once

extern const char rv_html_style[];
