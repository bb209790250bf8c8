"""The columns of a curve of load: what a layout answers, and how soon, as more and more requests reach it."""

# `batch`, sequences that hold a place [1]; `concurrency`, requests under way, those that queue among them [1];
# `requests_per_s` of the instance [1/s]; the times as in `schema.frontier` [s]; `prompt_load`, the share of its time
# that goes into prompts [1].
LOAD_COLUMNS = ("batch", "concurrency", "requests_per_s", "ttft_s", "tpot_s", "end_to_end_s", "prompt_load")
