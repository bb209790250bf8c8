"""Models on accelerators that show every kind of layer, link and option of the serving engine."""

PAIRS = [
    ("llama-3.1-70b", "h100-sxm", {"weights": "fp8"}),
    ("deepseek-v3", "h200-sxm", {"prompt_tokens": 4000}),
    ("gpt-oss-120b", "b200-hgx", {"max_gpus": 1024}),
    ("qwen3-next-80b-a3b", "mi300x", {}),
    ("gemma-3-27b", "tpu-v5p", {}),
    ("llama-3.1-8b", "rtx-4090", {"weights": "fp8"}),
    ("llama-3.1-8b", "gh200-96gb", {"prompt_tokens": 0, "output_tokens": 0}),
    ("llama-3.1-70b", "h100-sxm", {"draft": "llama-3.2-1b", "acceptance": 0.7}),
    ("deepseek-v3", "gb200-nvl72", {"speculation": {"kind": "self_draft", "layers": 1}}),
    ("deepseek-v3.2", "b200-hgx", {"serving": {"disaggregated": True, "overlap": 0.5, "context_parallel": True}}),
]
