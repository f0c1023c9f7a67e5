"""Small helpers shared by the chapters of *Autoencoders, executed*.

``import ae_utils`` is cheap: it loads neither TensorFlow nor Matplotlib. Each name below is
imported from its module the first time it is used.
"""

import importlib
import os

# TensorFlow reads both settings once, when it is first imported; so they stand here. The first
# hides its start-up messages, the second the two lines that oneDNN writes before logging starts.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

_EXPORTS = {
    "Autoencoder": "models",
    "Checks": "checks",
    "DenoisingAutoencoder": "models",
    "Noise": "models",
    "PenalizedAutoencoder": "models",
    "VariationalAutoencoder": "models",
    "WarmingUp": "models",
    "best_of_grid": "tuning",
    "binary_cross_entropy_per_pixel": "metrics",
    "few_label_scores": "probes",
    "fit": "training",
    "fit_pca": "baselines",
    "frechet_distance": "metrics",
    "linear_probe_accuracy": "probes",
    "linear_probe_auc": "probes",
    "load_clothing_reviews": "datasets",
    "load_ecg": "datasets",
    "load_fashion_mnist": "datasets",
    "load_image_folder": "own_data",
    "load_japanese_vowels": "datasets",
    "load_mnist": "datasets",
    "load_movielens": "datasets",
    "load_newsgroups": "datasets",
    "load_table": "own_data",
    "mean_image_reconstruction": "baselines",
    "ndcg_at": "metrics",
    "neighbour_accuracy": "probes",
    "pca_reconstruction": "baselines",
    "plot_codes": "plotting",
    "plot_curves": "plotting",
    "plot_filters": "plotting",
    "psnr_decibels": "metrics",
    "recall_at": "metrics",
    "retrieval_curve": "metrics",
    "rows_of_each_class": "probes",
    "set_seed": "training",
    "show_figure": "plotting",
    "show_images": "plotting",
    "squared_error_of_each": "metrics",
    "squared_error_per_image": "metrics",
    "squared_error_per_pixel": "metrics",
    "stored_result": "results",
    "structural_similarity": "metrics",
    "use_book_style": "plotting",
}

__all__ = sorted(_EXPORTS)


def __getattr__(name):
    """Import an exported name from its module on first use (PEP 562)."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'ae_utils' has no attribute {name!r}; it has {__all__}")
    value = getattr(importlib.import_module(f"ae_utils.{_EXPORTS[name]}"), name)
    globals()[name] = value
    return value


def __dir__():
    return __all__
