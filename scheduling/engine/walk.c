/* The inner loop of annealing (plain.py, moves.py, tally.py) over flat arrays that compiled.py fills: some twenty
 * times the moves. Optional: without a compiler at install time the same is done from Python. Knows nothing of Python,
 * and allocates nothing.
 *
 * An event's lessons lie in slots of its own, as many as it lasts times; a slot's shape is the duration of its lesson,
 * -1 for none. A lesson's places hold the index of a candidate. A time of -1 is none. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "tally.h"

enum { PUSH, SWAP, RECUT, GIVE };
enum { PARTS = 3 };
static const int CHAINS[] = {1, 1, 2, 3, 4, 6, 8, 12, 20};

/* Chance: splitmix64 (Steele, Lea, Flood 2014). */
static unsigned long long step(Walk *w)
{
    unsigned long long z = w->state += 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

static int below(Walk *w, int n) { return (int)(((step(w) >> 32) * (unsigned long long)n) >> 32); }

static double chance(Walk *w) { return (double)(step(w) >> 11) * 0x1.0p-53; }

/* The timetable. */

static int duration_of(const Walk *w, int slot) { return w->shape_duration[w->slot_shape[slot]]; }

static int *given_of(const Walk *w, int slot) { return w->given + w->given_from[slot]; }

static int resource_at(const Walk *w, int event, int place, int given)
{
    return w->candidate[w->candidate_from[w->place_from[event] + place] + given];
}

/* Enters a slot's lesson in the lists of who is where, or takes it out. */
static void enter(Walk *w, int slot, int in)
{
    int event = w->slot_event[slot], duration = duration_of(w, slot), time = w->slot_time[slot];
    if (time < 0)
        return;
    for (int place = 0; place < places(w, event); place++) {
        int resource = resource_at(w, event, place, given_of(w, slot)[place]);
        for (int at = 0; resource >= 0 && at < duration; at++) {
            int cell = w->cell_from[slot] + place * duration + at, *head = w->head + resource * w->times + time + at;
            if (in) {
                w->next[cell] = *head, w->before[cell] = -1;
                if (*head >= 0)
                    w->before[*head] = cell;
                *head = cell;
            } else {
                if (w->before[cell] >= 0)
                    w->next[w->before[cell]] = w->next[cell];
                else
                    *head = w->next[cell];
                if (w->next[cell] >= 0)
                    w->before[w->next[cell]] = w->before[cell];
            }
        }
    }
}

/* The move in hand: what some slots become. */

static int *become(Walk *w, int slot, int shape, int time)
{
    int at = w->in_move[slot] ? w->in_move[slot] - 1 : w->moved_n++;
    w->in_move[slot] = at + 1;
    w->moved_slot[at] = slot, w->moved_shape[at] = shape, w->moved_time[at] = time;
    return w->moved_given + at * w->places;
}

static void same_places(Walk *w, int slot, int *given)
{
    memcpy(given, given_of(w, slot), (size_t)places(w, w->slot_event[slot]) * sizeof(int));
}

static void forget(Walk *w)
{
    for (int each = 0; each < w->moved_n; each++)
        w->in_move[w->moved_slot[each]] = 0;
    w->moved_n = 0;
}

static void attempt(Walk *w)
{
    for (int each = 0; each < w->moved_n; each++) {
        int slot = w->moved_slot[each];
        if (w->slot_shape[slot] >= 0)
            tally_count(w, slot, w->slot_shape[slot], w->slot_time[slot], given_of(w, slot), -1);
        if (w->moved_shape[each] >= 0)
            tally_count(w, slot, w->moved_shape[each], w->moved_time[each], w->moved_given + each * w->places, 1);
    }
    tally_follow_through(w);
}

static void commit(Walk *w)
{
    for (int each = 0; each < w->moved_n; each++)
        if (w->slot_shape[w->moved_slot[each]] >= 0)
            enter(w, w->moved_slot[each], 0);
    for (int each = 0; each < w->moved_n; each++) {
        int slot = w->moved_slot[each], shape = w->slot_shape[slot] = w->moved_shape[each];
        w->slot_time[slot] = w->moved_time[each];
        if (shape < 0)
            continue;
        size_t size = (size_t)places(w, w->slot_event[slot]) * sizeof(int);
        memcpy(given_of(w, slot), w->moved_given + each * w->places, size);
        enter(w, slot, 1);
    }
    tally_keep(w);
}

/* The moves. Each returns 0 when what was drawn cannot be. */

static int any_lesson(Walk *w, int event)
{
    int from = w->slot_from[event], n = w->slot_from[event + 1] - from, found = -1, seen = 0;
    for (int slot = from; slot < from + n; slot++)
        if (w->slot_shape[slot] >= 0 && !below(w, ++seen))
            found = slot;
    return found;
}

static int start(Walk *w, int shape)
{
    int from = w->choice_from[shape], n = w->choice_from[shape + 1] - from;
    return w->choice[from + below(w, n)];
}

static int allowed(const Walk *w, int shape, int time)
{
    return time >= -1 && time < w->times && w->allowed[shape * (w->times + 1) + time + 1];
}

static int shift(Walk *w, int slot, int by)
{
    int time = w->slot_time[slot] + by;
    if (time < 0 || w->in_move[slot] || !allowed(w, w->slot_shape[slot], time))
        return 0;
    same_places(w, slot, become(w, slot, w->slot_shape[slot], time));
    w->front[w->front_n++] = slot;
    return 1;
}

/* Moves a lesson, and those that are linked with it. */
static int follow(Walk *w, int slot, int by)
{
    int event = w->slot_event[slot], time = w->slot_time[slot], duration = duration_of(w, slot);
    if (!shift(w, slot, by))
        return 0;
    for (int i = w->linked_from[event]; i < w->linked_from[event + 1]; i++)
        for (int mate = w->slot_from[w->linked[i]]; mate < w->slot_from[w->linked[i] + 1]; mate++)
            if (w->slot_shape[mate] >= 0 && w->slot_time[mate] == time && duration_of(w, mate) == duration)
                if (!w->in_move[mate] && !shift(w, mate, by))
                    return 0;
    return 1;
}

/* How far a lesson that was in the way has to go: where the pusher was, or past it where it only slides. */
static int back(int by, int duration)
{
    return by >= duration || -by >= duration ? by : by > 0 ? duration : -duration;
}

static int push_aside(Walk *w, int resource, int time, int by)
{
    for (int cell = w->head[resource * w->times + time]; cell >= 0; cell = w->next[cell])
        if (!w->in_move[w->cell_slot[cell]] && !follow(w, w->cell_slot[cell], by))
            return 0;
    return 1;
}

static int chain(Walk *w)
{
    int most = CHAINS[below(w, (int)(sizeof CHAINS / sizeof *CHAINS))];
    while (w->front_n && w->moved_n < most) {
        int slot = w->front[--w->front_n], event = w->slot_event[slot], duration = duration_of(w, slot);
        int then = w->moved_time[w->in_move[slot] - 1], by = back(w->slot_time[slot] - then, duration);
        for (int place = 0; place < places(w, event); place++) {
            int resource = resource_at(w, event, place, given_of(w, slot)[place]);
            for (int at = then; resource >= 0 && w->exclusive[resource] && at < then + duration; at++)
                if (!push_aside(w, resource, at, by))
                    return 0;
        }
    }
    return 1;
}

/* A lesson moves to another time, and who is in its way moves to where the one that pushes came from. */
static int push(Walk *w)
{
    int slot = any_lesson(w, w->timed[below(w, w->timed_n)]), shape = w->slot_shape[slot];
    int time = start(w, shape), now = w->slot_time[slot];
    if (time == now)
        return 0;
    if (time < 0 || now < 0) {
        same_places(w, slot, become(w, slot, shape, time));
        return 1;
    }
    return follow(w, slot, time - now) && chain(w);
}

/* A lesson changes places with the one that follows it, however long both are. */
static int swap(Walk *w)
{
    int slot = any_lesson(w, w->timed[below(w, w->timed_n)]), event = w->slot_event[slot], n = places(w, event);
    int time = w->slot_time[slot], end = time + duration_of(w, slot);
    if (!n || time < 0 || end >= w->times)
        return 0;
    int place = below(w, n), resource = resource_at(w, event, place, given_of(w, slot)[place]);
    int cell = resource < 0 ? -1 : w->head[resource * w->times + end];
    if (cell < 0)
        return 0;
    int other = w->cell_slot[cell], begin = w->slot_time[other];
    return other != slot && follow(w, slot, begin + duration_of(w, other) - end) && follow(w, other, time - begin)
        && chain(w);
}

/* One or two lessons of an event become others that last as long together. */
static int recut(Walk *w)
{
    int event = w->cut[below(w, w->cut_n)], first = any_lesson(w, event), second = any_lesson(w, event);
    int whole = duration_of(w, first) + (second == first ? 0 : duration_of(w, second));
    int from = w->cut_from[w->whole_base[event] + whole], n = w->cut_from[w->whole_base[event] + whole + 1] - from;
    if (!n)
        return 0;
    const int *parts = w->cut_shape + PARTS * (from + below(w, n));
    int times[2] = {w->slot_time[first], w->slot_time[second]}, left = second == first ? 1 : 2, slot = w->slot_from[event];
    become(w, first, -1, -1), become(w, second, -1, -1);
    for (int part = 0; part < PARTS && parts[part] >= 0; part++) {
        int time = start(w, parts[part]);
        if (left && chance(w) < 0.7 && allowed(w, parts[part], times[--left]))
            time = times[left];
        while (w->slot_shape[slot] >= 0 && slot != first && slot != second)
            slot++;
        same_places(w, first, become(w, slot++, parts[part], time));
    }
    return 1;
}

static int find(const Walk *w, int place, int resource)
{
    for (int i = w->candidate_from[place] + w->skip[place]; i < w->candidate_from[place + 1]; i++)
        if (w->candidate[i] == resource)
            return i - w->candidate_from[place];
    return -1;
}

static int *hand(Walk *w, int slot, int place, int given)
{
    int *then = become(w, slot, w->slot_shape[slot], w->slot_time[slot]);
    same_places(w, slot, then);
    then[place] = given;
    return then;
}

/* Who has the resource at that time gets what was there. */
static void exchange(Walk *w, int slot, int resource, int instead)
{
    int event = w->slot_event[slot];
    for (int i = w->open_from[event]; i < w->open_from[event + 1] && !w->in_move[slot]; i++) {
        int place = w->open_place[i], other = find(w, w->place_from[event] + place, instead);
        if (other >= 0 && resource_at(w, event, place, given_of(w, slot)[place]) == resource)
            hand(w, slot, place, other);
    }
}

static void take(Walk *w, int slot, int place, int resource)
{
    int event = w->slot_event[slot], was = resource_at(w, event, place, given_of(w, slot)[place]);
    int given = find(w, w->place_from[event] + place, resource);
    if (resource == was || w->in_move[slot] || given < 0)
        return;
    hand(w, slot, place, given);
    if (chance(w) < 0.3 || resource < 0 || w->slot_time[slot] < 0)
        return;
    for (int at = w->slot_time[slot]; at < w->slot_time[slot] + duration_of(w, slot); at++)
        for (int cell = w->head[resource * w->times + at]; cell >= 0; cell = w->next[cell])
            exchange(w, w->cell_slot[cell], resource, was);
}

static void take_event(Walk *w, int event, int place, int resource)
{
    for (int slot = w->slot_from[event]; slot < w->slot_from[event + 1]; slot++)
        if (w->slot_shape[slot] >= 0)
            take(w, slot, place, resource);
}

/* A place goes to another resource, in one lesson, in the whole event or in all events that should share it. */
static int give(Walk *w)
{
    int event = w->open[below(w, w->open_n)], n = w->open_from[event + 1] - w->open_from[event];
    int local = w->open_place[w->open_from[event] + below(w, n)], place = w->place_from[event] + local;
    int from = w->candidate_from[place] + w->skip[place], takers = w->candidate_from[place + 1] - from;
    if (!takers)
        return 0;
    int resource = w->candidate[from + below(w, takers)], groups = w->sharing_from[place + 1] - w->sharing_from[place];
    double draw = chance(w);
    if (draw < 0.5) {
        take(w, any_lesson(w, event), local, resource);
    } else if (!groups || draw < 0.6) {
        take_event(w, event, local, resource);
    } else {
        int group = w->sharing[w->sharing_from[place] + below(w, groups)];
        for (int i = w->group_from[group]; i < w->group_from[group + 1]; i++) {
            int shared = w->group_place[i], of = w->place_event[shared];
            take_event(w, of, shared - w->place_from[of], resource);
        }
    }
    return w->moved_n > 0;
}

static int draw(Walk *w)
{
    w->front_n = 0;
    switch (w->ways[below(w, w->ways_n)]) {
    case PUSH: return push(w);
    case SWAP: return swap(w);
    case RECUT: return recut(w);
    default: return give(w);
    }
}

/* What Python calls. */

void walk_clear(Walk *w)
{
    for (int slot = 0; slot < w->slots; slot++)
        if (w->slot_shape[slot] >= 0)
            become(w, slot, -1, -1);
    attempt(w), commit(w), forget(w);
}

void walk_put(Walk *w, int slot, int shape, int time, const int *given)
{
    memcpy(become(w, slot, shape, time), given, (size_t)places(w, w->slot_event[slot]) * sizeof(int));
    attempt(w), commit(w), forget(w);
}

/* One move at random, for tests and to learn what a usual cost is; the soft cost's change. */
long long walk_draw(Walk *w, int kept)
{
    long long before = w->value[SOFT], change = 0;
    if (draw(w)) {
        attempt(w);
        change = w->value[SOFT] - before;
        kept ? commit(w) : tally_undo(w);
    }
    forget(w);
    return change;
}

static double energy(const Walk *w) { return (double)w->value[HARD] * w->weight + (double)w->value[SOFT]; }

static int better(const Walk *w)
{
    long long hard = w->value[HARD] - w->best[HARD];
    return hard < 0 || (!hard && w->value[SOFT] < w->best[SOFT]);
}

void walk_remember(Walk *w)
{
    w->best[HARD] = w->value[HARD], w->best[SOFT] = w->value[SOFT];
    memcpy(w->best_shape, w->slot_shape, (size_t)w->slots * sizeof(int));
    memcpy(w->best_time, w->slot_time, (size_t)w->slots * sizeof(int));
    memcpy(w->best_given, w->given, (size_t)w->given_from[w->slots] * sizeof(int));
}

/* Some moves from one heat to another. */
void walk_cool(Walk *w, long long moves, double hot, double cold)
{
    double heat = hot, factor = pow(cold / hot, 1.0 / (double)moves), now = energy(w);
    for (long long each = 0; each < moves && (w->best[HARD] || w->best[SOFT]); each++, heat *= factor) {
        if (draw(w)) {
            attempt(w);
            double then = energy(w);
            if (then <= now || then - now < -heat * log(1 - chance(w))) {
                commit(w);
                now = then;
                if (better(w))
                    walk_remember(w);
            } else {
                tally_undo(w);
            }
        }
        forget(w);
    }
}
