"""Time decode steps of a catalog architecture with random weights, as points for `predict`.

One accelerator runs bare steps of one new token a sequence: every layer with its norms, rotary embedding, residuals,
attention over a full cache and feed-forward, then unembedding and argmax. No prompts, server, scheduler or
collectives are in it, and no kernels but PyTorch's own: norms and rotations are not fused as a server fuses them,
absorbed latent attention reads its cache twice, and experts are reached uniformly at random.

Method: with CUDA a step is captured in a graph and replayed back to back; on the CPU it runs eagerly. A model that
fits in memory is timed whole. Of one that does not (or of more layers than --layers) a stack of one layer a group is
timed, then one stack for each group with as many more of its layers as fit; the difference over the added layers is
the time of one layer, and the step is the short stack and all layers that it lacks. So launches, tables and sampling
count once. `layers_timed` of the table says how many layers the largest stack had.

Tried: on the CPU with PyTorch 2.13, in 16 bits and FP8, with layers of every kind. The CUDA path is written for
PyTorch's documented graph capture and has not been run yet. FP8 covers dense models only.

    python -m tools.measure_decode --model llama-3.1-8b --accelerator h100-sxm --out points.csv
"""
