/* The network of numbers of tally.py: what a lesson adds or takes is followed through to the cost. */
#include "tally.h"

enum { POSITIVE, DEVIATION, DEVIATION_IF_ANY, SQUARE, SOME_OF, IDLE, ROUNDED_UP, HIGHEST, LOWEST, DISTANCE };
enum { DIGITS = 12 };

static long long outside(long long n, long long least, long long most)
{
    return n < least ? least - n : n > most ? n - most : 0;
}

static long long length(long long n) { return n ? 64 - __builtin_clzll((unsigned long long)n) : 0; }

static long long lowest(long long n) { return n ? 1 + __builtin_ctzll((unsigned long long)n) : 0; }

static long long up(long long n, long long by) { return n <= 0 ? 0 : (n + by - 1) / by; }

static long long measure(const Walk *w, int edge, long long n)
{
    long long least = w->edge_least[edge], most = w->edge_most[edge], scale = w->edge_scale[edge], end, start;
    switch (w->edge_kind[edge]) {
    case POSITIVE: return n > 0;
    case DEVIATION: return outside(n, least, most);
    case DEVIATION_IF_ANY: return n ? outside(n, least, most) : 0;
    case SQUARE: return n * n;
    case SOME_OF: return n > 0 && n < most;
    case IDLE: return n ? length(n) - lowest(n) + 1 - __builtin_popcountll((unsigned long long)n) : 0;
    case ROUNDED_UP: return n < least ? up(least - n, scale) : up(n - most, scale);
    case HIGHEST: return length(n);
    case LOWEST: return lowest(n);
    default:
        end = n & ((1 << DIGITS) - 1), start = n >> DIGITS;
        return end && start && !(start >> DIGITS) ? outside(start - 1 - end, least, most) : 0;
    }
}

static void add(Walk *w, int node, long long by)
{
    int rank = w->rank[node];
    if (rank == w->top) {
        w->value[node] += by;
        return;
    }
    w->pending[node] += by;
    if (!w->queued[node]) {
        w->queued[node] = 1;
        w->queue[w->queue_from[rank] + w->queue_n[rank]++] = node;
    }
}

static void settle(Walk *w, int node)
{
    long long by = w->pending[node], old = w->value[node];
    w->queued[node] = 0;
    if (!by)
        return;
    w->pending[node] = 0;
    w->journal_node[w->journal_n] = node;
    w->journal_old[w->journal_n++] = old;
    w->value[node] = old + by;
    for (int edge = w->edge_from[node]; edge < w->edge_from[node + 1]; edge++) {
        long long change = measure(w, edge, old + by) - measure(w, edge, old);
        if (change)
            add(w, w->edge_target[edge], change * w->edge_factor[edge]);
    }
}

/* Rank by rank, so that each number changes once. */
void tally_follow_through(Walk *w)
{
    for (int rank = 0; rank < w->top; rank++) {
        for (int each = 0; each < w->queue_n[rank]; each++)
            settle(w, w->queue[w->queue_from[rank] + each]);
        w->queue_n[rank] = 0;
    }
}

void tally_keep(Walk *w)
{
    w->kept[HARD] = w->value[HARD], w->kept[SOFT] = w->value[SOFT];
    w->journal_n = 0;
}

void tally_undo(Walk *w)
{
    while (w->journal_n) {
        w->journal_n--;
        w->value[w->journal_node[w->journal_n]] = w->journal_old[w->journal_n];
    }
    w->value[HARD] = w->kept[HARD], w->value[SOFT] = w->kept[SOFT];
}

/* What a lesson adds, or takes. */
void tally_count(Walk *w, int slot, int shape, int time, const int *given, int sign)
{
    int event = w->slot_event[slot], duration = w->shape_duration[shape];
    int start = shape * (w->times + 1) + time + 1, first = w->place_from[event];
    for (int i = w->lesson_from[shape]; i < w->lesson_from[shape + 1]; i++)
        add(w, w->lesson_node[i], sign * w->lesson_by[i]);
    for (int i = w->start_from[start]; i < w->start_from[start + 1]; i++)
        add(w, w->start_node[i], sign * w->start_by[i]);
    for (int place = 0; place < places(w, event); place++) {
        int taker = w->taker_base[shape * w->places + place] + given[place];
        int resource = w->candidate[w->candidate_from[first + place] + given[place]];
        for (int i = w->taker_from[taker]; i < w->taker_from[taker + 1]; i++)
            add(w, w->taker_node[i], sign * w->taker_by[i]);
        if (resource < 0 || time < 0)
            continue;
        for (int at = time; at < time + duration; at++)
            if (w->taking_node[resource * w->times + at] >= 0)
                add(w, w->taking_node[resource * w->times + at], sign);
    }
}
