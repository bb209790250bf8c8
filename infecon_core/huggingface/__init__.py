"""Architectures from the configuration files that models are released with."""

from infecon_core.huggingface.importing import ImportedModel, architecture_from_config, imported

__all__ = ["ImportedModel", "architecture_from_config", "imported"]
