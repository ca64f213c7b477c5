/* rg_parallel: a job beside what its caller does, for work that is long enough to be worth a
 * thread.
 *
 * Ownership: the caller keeps the task, where it is, from its start to its end.
 * Threads: a job touches nothing that its caller writes meanwhile.
 */
#ifndef RG_PARALLEL_H
#define RG_PARALLEL_H

#include <stdbool.h>

#if defined(__unix__) || defined(__APPLE__)
#include <pthread.h>
#endif

typedef void rg_job(void *context);

typedef struct rg_task {
    rg_job *job;
    void *context;
    bool beside; /* false where the job waits for rg_task_end */
#if defined(__unix__) || defined(__APPLE__)
    pthread_t thread;
#endif
} rg_task;

/* Starts the job in a thread of its own if `beside` says so and a thread can be had. Never fails:
 * else the job is done in the end. */
void rg_task_start(rg_task *task, rg_job *job, void *context, bool beside);

/* Returns when the job is done. */
void rg_task_end(rg_task *task);

/* Two jobs at the same time, where a thread can be had. */
void rg_parallel_two(rg_job *here, void *here_context, rg_job *beside, void *beside_context);

#endif
