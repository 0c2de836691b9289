/* Axes: from where to where a graph of a class's values reaches. Pure. */
#pragma once

#include "observation/observation.h"

/* Widens [*low, *high], the values that are drawn (NAN: none), so that noise does not fill the
 * picture, limits that are near enough are seen (`limits` may be NULL), and both ends are round. */
void rv_graph_axis(RvClass class, const RvLimits *limits, double *low, double *high);

/* Between two marks of an axis: 1, 2 or 5 times a power of ten, about a fifth of the span. */
double rv_graph_axis_step(double span);
