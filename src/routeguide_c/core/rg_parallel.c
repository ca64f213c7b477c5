#include "rg_parallel.h"

#if defined(__unix__) || defined(__APPLE__)

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct call {
    rg_job *job;
    void *context;
} call;

static void *run(void *argument)
{
    call *beside = argument;
    beside->job(beside->context);
    return NULL;
}

void rg_parallel_two(rg_job *here, void *here_context, rg_job *beside, void *beside_context)
{
    call other = {beside, beside_context};
    pthread_t thread;
    bool started = pthread_create(&thread, NULL, run, &other) == 0;
    here(here_context);
    if (started)
        pthread_join(thread, NULL);
    else
        beside(beside_context);
}

#else

void rg_parallel_two(rg_job *here, void *here_context, rg_job *beside, void *beside_context)
{
    here(here_context);
    beside(beside_context);
}

#endif
