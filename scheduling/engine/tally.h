#include "walk.h"

enum { HARD, SOFT };

static inline int places(const Walk *w, int event) { return w->place_from[event + 1] - w->place_from[event]; }

/* A lesson comes (sign 1) or goes (-1); then tally_follow_through brings the cost up to date. */
void tally_count(Walk *w, int slot, int shape, int time, const int *given, int sign);
void tally_follow_through(Walk *w);
/* What has changed since tally_keep stays, or is taken back. */
void tally_keep(Walk *w);
void tally_undo(Walk *w);
