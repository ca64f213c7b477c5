#include "base/rg_parallel.h"

#include <stddef.h>

#if defined(__unix__) || defined(__APPLE__)

static void *run(void *argument)
{
    rg_task *task = argument;
    task->job(task->context);
    return NULL;
}

void rg_task_start(rg_task *task, rg_job *job, void *context, bool beside)
{
    task->job = job;
    task->context = context;
    task->beside = beside && pthread_create(&task->thread, NULL, run, task) == 0;
}

void rg_task_end(rg_task *task)
{
    if (task->beside)
        pthread_join(task->thread, NULL);
    else
        task->job(task->context);
}

#else

void rg_task_start(rg_task *task, rg_job *job, void *context, bool beside)
{
    (void)beside;
    task->job = job;
    task->context = context;
    task->beside = false;
}

void rg_task_end(rg_task *task)
{
    task->job(task->context);
}

#endif

void rg_parallel_two(rg_job *here, void *here_context, rg_job *beside, void *beside_context)
{
    rg_task task;
    rg_task_start(&task, beside, beside_context, true);
    here(here_context);
    rg_task_end(&task);
}
