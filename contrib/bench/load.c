/*
 * load.c - the closed or paced loop of requests behind all figures that come from plain HTTP. The main process, or one
 * forked for it.
 *
 * Always holds: at a rate, a request's time counts from when it was due, so that a slow answer cannot hide the ones
 * queued behind it.
 */
#include "load.h"
#include "client.h"
#include "loop.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LAST_ANSWER_SECONDS = 10, SAMPLES_MAX = 4 << 20 };

struct slot {
    struct client client;
    uint64_t index;  /* of the request under way */
    uint64_t due_ns; /* when it was due */
};

struct run {
    const struct load *load;
    struct load_result *result;
    struct loop loop;
    struct slot *slots;
    atomic_bool *stop; /* NULL in load_run */
    uint64_t begin_ns, last_ns, next, limit, under_way;
    float *samples; /* ms */
    size_t sample_count;
};

static bool begins_more(const struct run *run)
{
    const struct load *load = run->load;

    if (run->next >= run->limit || (run->stop != NULL && atomic_load(run->stop)))
        return false;
    return (double)(now_ns() - run->begin_ns) < load->seconds * 1e9;
}

static void begin_request(struct run *run, struct slot *slot, uint64_t due_ns)
{
    char request[LOAD_REQUEST_MAX];
    size_t length;

    slot->index = run->next++;
    slot->due_ns = due_ns;
    length = run->load->request(run->load->context, slot->index, slot->client.number, request, sizeof(request));
    if (client_send(&slot->client, request, length) == 0)
        run->under_way++;
    else
        run->result->failed++;
}

static void count_answer(struct run *run, struct slot *slot, const struct http_answer *answer)
{
    struct load_result *result = run->result;

    if (answer->status != 200) {
        if (result->refused++ == 0)
            result->refused_status = answer->status;
    } else if (run->load->answer != NULL &&
               run->load->answer(run->load->context, slot->index, answer->body, answer->length) != 0) {
        result->wrong++;
    } else {
        result->answered++;
    }
    run->last_ns = now_ns();
    if (run->sample_count < SAMPLES_MAX)
        run->samples[run->sample_count++] = (float)(run->last_ns - slot->due_ns) / 1e6f;
}

static void answered(struct client *client, const struct http_answer *answer)
{
    struct run *run = client->owner;
    struct slot *slot = (struct slot *)client;

    run->under_way--;
    if (answer == NULL) {
        run->result->failed++;
        return;
    }
    count_answer(run, slot, answer);
    if (run->load->rate == 0 && begins_more(run))
        begin_request(run, slot, now_ns());
}

static bool has_open(const struct run *run)
{
    for (unsigned i = 0; i < run->load->connections; i++) {
        if (run->slots[i].client.watch.fd >= 0)
            return true;
    }
    return false;
}

static struct slot *idle_slot(struct run *run)
{
    for (unsigned i = 0; i < run->load->connections; i++) {
        struct slot *slot = &run->slots[(run->next + i) % run->load->connections];

        if (slot->client.watch.fd >= 0 && !slot->client.busy)
            return slot;
    }
    return NULL;
}

/* Begins what is due; returns when the next one is. */
static uint64_t keep_pace(struct run *run)
{
    for (;;) {
        uint64_t due = run->begin_ns + (uint64_t)((double)run->next * 1e9 / run->load->rate);
        struct slot *slot;

        if (due > now_ns() || !begins_more(run))
            return due;
        slot = idle_slot(run);
        if (slot == NULL)
            return now_ns() + NS_PER_SECOND; /* an answer will wake us */
        begin_request(run, slot, due);
    }
}

static void drive(struct run *run)
{
    uint64_t last_chance = 0;

    run->begin_ns = run->last_ns = now_ns();
    for (unsigned i = 0; i < run->load->connections && run->load->rate == 0; i++) {
        if (begins_more(run) && run->slots[i].client.watch.fd >= 0)
            begin_request(run, &run->slots[i], now_ns());
    }
    for (;;) {
        uint64_t next = now_ns() + NS_PER_SECOND / 10;

        if (begins_more(run) && has_open(run)) {
            if (run->load->rate > 0)
                next = keep_pace(run);
        } else if (run->under_way == 0) {
            return;
        } else if (last_chance == 0) {
            last_chance = now_ns() + LAST_ANSWER_SECONDS * NS_PER_SECOND;
        } else if (now_ns() > last_chance) {
            run->result->failed += run->under_way;
            return;
        }
        loop_turn(&run->loop, until_ns(next, NS_PER_SECOND / 10));
    }
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static void conclude(struct run *run)
{
    struct load_result *result = run->result;
    size_t count = run->sample_count;

    result->elapsed = (double)(run->last_ns - run->begin_ns) / 1e9;
    if (count > 0) {
        qsort(run->samples, count, sizeof(*run->samples), compare);
        result->p50_ms = (double)run->samples[count / 2];
        result->p99_ms = (double)run->samples[count * 99 / 100];
        result->most_ms = (double)run->samples[count - 1];
    }
}

static int run_load(const struct load *load, struct load_result *result, atomic_bool *stop)
{
    struct run run = {.load = load, .result = result, .stop = stop};

    memset(result, 0, sizeof(*result));
    run.limit = load->requests == 0 ? UINT64_MAX : load->requests;
    run.slots = calloc(load->connections, sizeof(*run.slots));
    run.samples = malloc(SAMPLES_MAX * sizeof(*run.samples));
    if (run.slots == NULL || run.samples == NULL)
        abort();
    loop_init(&run.loop);
    for (unsigned i = 0; i < load->connections; i++) {
        run.slots[i].client = (struct client){.answered = answered, .owner = &run, .number = i};
        if (client_open(&run.slots[i].client, &run.loop, load->target, load->source) != 0)
            result->failed++;
    }
    drive(&run);
    conclude(&run);
    for (unsigned i = 0; i < load->connections; i++)
        client_close(&run.slots[i].client);
    loop_deinit(&run.loop);
    free(run.samples);
    free(run.slots);
    if (load->requests != 0 && result->answered + result->refused + result->wrong < load->requests &&
        result->failed == 0)
        result->failed = load->requests - result->answered - result->refused - result->wrong;
    return result->refused + result->wrong + result->failed == 0 && result->answered > 0 ? 0 : -1;
}

int load_run(const struct load *load, struct load_result *result_r)
{
    return run_load(load, result_r, NULL);
}

struct shared {
    atomic_bool stop;
    struct load_result result;
};

struct load_process {
    pid_t pid;
    struct shared *shared;
};

struct load_process *load_start(const struct load *load)
{
    struct load_process *process = calloc(1, sizeof(*process));
    pid_t parent = getpid();

    if (process == NULL)
        abort();
    process->shared = mmap(NULL, sizeof(*process->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (process->shared == MAP_FAILED)
        abort();
    process->pid = fork();
    if (process->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        _exit(run_load(load, &process->shared->result, &process->shared->stop) == 0 ? 0 : 1);
    }
    if (process->pid < 0) {
        munmap(process->shared, sizeof(*process->shared));
        free(process);
        return NULL;
    }
    return process;
}

int load_finish(struct load_process **process_p, struct load_result *result_r)
{
    struct load_process *process = *process_p;
    int status = -1;

    *process_p = NULL;
    atomic_store(&process->shared->stop, true);
    waitpid(process->pid, &status, 0);
    *result_r = process->shared->result;
    munmap(process->shared, sizeof(*process->shared));
    free(process);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

void load_explain(const struct load_result *result, char *text, size_t capacity)
{
    snprintf(text, capacity,
             "%llu answered, %llu refused (first with %d), %llu with a wrong answer, %llu failed or unanswered",
             (unsigned long long)result->answered, (unsigned long long)result->refused, result->refused_status,
             (unsigned long long)result->wrong, (unsigned long long)result->failed);
}
