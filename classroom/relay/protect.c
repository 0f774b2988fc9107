/* The innermost loop of the fan-out: a run of packets into the slots of each viewer, protected in place.
 *
 * Optional: without a compiler at install time the relay does the same from Python (fanout_protect.py), a little slower.
 * Knows nothing of libsrtp but the shape of srtp_protect, whose address is an argument, and nothing of Python. */
#include <string.h>
#include <sys/uio.h>

typedef int protect_fn(void *context, void *packet, int *length);

/* For each of `rows` contexts the `width` packets of `run`, one into each of the next `slots`, whose lengths become
 * those of the protected packets. `failed[row]` says whether one of its packets was refused; returns how many rows. */
int protect_rows(protect_fn *protect, void *const *contexts, int rows, const struct iovec *run, int width,
                 struct iovec *slots, unsigned char *failed)
{
    int refused = 0;
    for (int row = 0; row < rows; row++) {
        failed[row] = 0;
        for (int at = 0; at < width; at++, slots++) {
            int length = (int)run[at].iov_len;
            memcpy(slots->iov_base, run[at].iov_base, run[at].iov_len);
            failed[row] |= protect(contexts[row], slots->iov_base, &length) != 0;
            slots->iov_len = (size_t)length;
        }
        refused += failed[row];
    }
    return refused;
}
