/* rg_parallel: runs a job in a second thread, for work that is long enough to be worth one.
 *
 * Ownership: the caller keeps the task at one address from its start to its end.
 * Threads: a job must not touch what its caller writes meanwhile.
 * Cost: that of creating a thread, tens of microseconds.
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
    bool beside; /* false: rg_task_end does the job */
#if defined(__unix__) || defined(__APPLE__)
    pthread_t thread;
#endif
} rg_task;

/* Starts the job in a thread of its own, if `beside` is true and a thread can be created. Otherwise
 * rg_task_end does the job; this never fails. */
void rg_task_start(rg_task *task, rg_job *job, void *context, bool beside);

/* Waits until the job is done, or does it. */
void rg_task_end(rg_task *task);

/* Does both jobs, at the same time if a thread can be created. */
void rg_parallel_two(rg_job *here, void *here_context, rg_job *beside, void *beside_context);

#endif
