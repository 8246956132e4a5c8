// The yardstick of `decode`: simdjson reads the same fields of the same lines into the same kind of columns.
//
//   g++ -O3 -std=c++17 simdjson_decode.cpp -lsimdjson -o simdjson_decode    (Debian: libsimdjson-dev)
//   ./simdjson_decode EVENTS.ndjson [EVENTS]
//
// Labels are kept as views into the piece, not numbered; times stay text; nothing is checked that simdjson
// does not check by itself. So this is the least that any reader of these lines does, not a whole decoder.
#include <simdjson.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>
#include <vector>

static double cpu() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

struct Columns {
    std::vector<std::string_view> ts, identity, team, tool, model, server, request;
    std::vector<int64_t> input, output, cache_read, cache_write;
    std::vector<double> cost;

    void clear() {
        for (auto *c : {&ts, &identity, &team, &tool, &model, &server, &request}) c->clear();
        for (auto *c : {&input, &output, &cache_read, &cache_write}) c->clear();
        cost.clear();
    }
};

static std::string_view text(simdjson::ondemand::value value) {
    return value.is_null() ? std::string_view() : value.get_string().value();
}

int main(int argc, char **argv) {
    if (argc < 2) return 64;
    const size_t most = argc > 2 ? strtoull(argv[2], nullptr, 10) : SIZE_MAX;
    FILE *file = fopen(argv[1], "rb");
    if (!file) return 66;
    const size_t piece = 1 << 20;
    std::vector<char> buffer(2 * piece + simdjson::SIMDJSON_PADDING);
    simdjson::ondemand::parser parser;
    Columns columns;
    size_t held = 0, events = 0, bytes = 0;
    uint64_t sum = 0;
    double seconds = 0;
    while (events < most) {
        const size_t n = fread(buffer.data() + held, 1, piece, file);
        if (n == 0) break;
        held += n;
        size_t end = held;
        while (end > 0 && buffer[end - 1] != '\n') end--;
        const double before = cpu();
        columns.clear();
        simdjson::ondemand::document_stream lines = parser.iterate_many(buffer.data(), end, 2 * piece).value();
        for (auto line : lines) {
            auto event = line.get_object().value();
            columns.ts.push_back(event["ts"].get_string().value());
            columns.identity.push_back(event["identity"].get_string().value());
            columns.team.push_back(text(event["team"].value()));
            columns.tool.push_back(text(event["tool"].value()));
            columns.model.push_back(text(event["model"].value()));
            columns.server.push_back(text(event["mcp_server"].value()));
            columns.input.push_back(event["input_tokens"].get_int64().value());
            columns.output.push_back(event["output_tokens"].get_int64().value());
            columns.cache_read.push_back(event["cache_read_tokens"].get_int64().value());
            columns.cache_write.push_back(event["cache_write_tokens"].get_int64().value());
            columns.cost.push_back(event["cost_usd"].get_double().value());
            columns.request.push_back(event["request_id"].get_string().value());
        }
        seconds += cpu() - before;
        events += columns.ts.size();
        bytes += end;
        for (int64_t value : columns.input) sum += uint64_t(value);
        memmove(buffer.data(), buffer.data() + end, held - end);
        held -= end;
    }
    printf("simdjson %s: %zu events, %.1f ns/event, %.2f GB/s, input tokens %llu\n",
           simdjson::get_active_implementation()->name().c_str(), events, seconds / double(events) * 1e9,
           double(bytes) / seconds * 1e-9, (unsigned long long)sum);
}
