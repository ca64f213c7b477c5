/* rg_parallel: two jobs at the same time, for work that is long enough to be worth a thread.
 *
 * Threads: a job touches nothing that the other writes. Both are done when the call returns.
 * Where a thread cannot be had, the jobs run one after the other; so they never fail for it.
 */
#ifndef RG_PARALLEL_H
#define RG_PARALLEL_H

typedef void rg_job(void *context);

void rg_parallel_two(rg_job *here, void *here_context, rg_job *beside, void *beside_context);

#endif
