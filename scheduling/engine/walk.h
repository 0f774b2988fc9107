typedef struct {
    int times, events, slots, resources, nodes, top, places;
    int timed_n, cut_n, open_n, ways_n;
    /* The network: edges by node, and each node's rank. */
    const int *edge_from, *edge_kind, *edge_target, *rank;
    const long long *edge_factor, *edge_least, *edge_most, *edge_scale;
    /* Events: their slots (room for lessons), shapes (durations) and places (needs). */
    const int *slot_from, *slot_event, *shape_from, *shape_duration, *place_from, *given_from, *cell_from, *cell_slot;
    /* By shape, by shape and start, by shape, place and candidate: nodes and by how much they grow. */
    const int *lesson_from, *lesson_node, *start_from, *start_node, *taker_base, *taker_from, *taker_node;
    const long long *lesson_by, *start_by, *taker_by;
    const int *taking_node;
    /* What may be: starts by shape, candidates by place, of which the first `skip` may not be chosen. */
    const int *choice_from, *choice;
    const unsigned char *allowed, *exclusive;
    const int *candidate_from, *candidate, *skip;
    const int *linked_from, *linked, *timed, *cut, *open, *ways;
    const int *open_from, *open_place, *sharing_from, *sharing, *group_from, *group_place, *place_event;
    const int *whole_base, *cut_from, *cut_shape;
    /* The timetable. */
    int *slot_shape, *slot_time, *given, *head, *next, *before;
    long long *value, *pending, *journal_old;
    int *queue_from, *queue, *queue_n, *journal_node, journal_n;
    unsigned char *queued;
    long long kept[2], best[2];
    /* The move in hand. */
    int moved_n, *moved_slot, *moved_shape, *moved_time, *moved_given, *in_move, *front, front_n;
    /* The walk: what a hard cost weighs, where chance stands, and the best there was, hard cost before soft. */
    double weight;
    int *best_shape, *best_time, *best_given;
    unsigned long long state;
} Walk;

void walk_put(Walk *w, int slot, int shape, int time, const int *given);
void walk_remember(Walk *w);
void walk_clear(Walk *w);
long long walk_draw(Walk *w, int keep);
void walk_cool(Walk *w, long long moves, double hot, double cold);
