"""Reconstructions without a neural network, to hold every autoencoder against."""

from typing import TYPE_CHECKING

import numpy as np

from ae_utils.arrays import as_float_array, is_whole, loses_digits

if TYPE_CHECKING:
    from sklearn.decomposition import PCA


def fit_pca(images: np.ndarray, code_size: int) -> "PCA":
    """Fit principal component analysis to images: the best *linear* code of ``code_size`` numbers.

    Uses ``sklearn.decomposition.PCA`` on the exact covariance matrix, so the result does not
    depend on a seed; in double precision where single would spoil that matrix. That no linear code
    has a smaller squared error is shown by Baldi & Hornik (1989), doi:10.1016/0893-6080(89)90014-2.

    Args:
        images: training images, any shape (n, …) with n ≥ 2.
        code_size: number of components, 1 … min(n, pixels).

    Returns:
        The fitted ``sklearn.decomposition.PCA`` for flat images (n, pixels).

    Raises:
        ValueError: the images are unusable, or ``code_size`` is not in its range.
    """
    from sklearn.decomposition import PCA

    flat = _flat(images, "images")
    if len(flat) < 2:
        raise ValueError("images holds one image alone; principal components need at least two")
    largest = min(flat.shape)
    if not is_whole(code_size, 1, largest):
        raise ValueError(
            f"code_size must be a whole number and lie between 1 and {largest}, the smaller of the "
            f"number of images and the number of pixels; got {code_size!r}"
        )
    pca = PCA(n_components=code_size, svd_solver="covariance_eigh")
    if not loses_digits(flat):
        return pca.fit(flat)
    centre = flat.mean(axis=0, dtype="float64")
    pca.fit(flat - centre)
    pca.mean_ += centre
    return pca


def pca_reconstruction(pca: "PCA", images: np.ndarray) -> np.ndarray:
    """Encode and decode ``images`` with a fitted PCA; the result has the shape of ``images``.

    Values may leave [0, 1] a little. They are not clipped, because published figures are not.

    Raises:
        ValueError: the images are unusable or have another number of pixels than the PCA.
    """
    flat = _flat(images, "images")
    if flat.shape[1] != pca.n_features_in_:
        raise ValueError(
            f"this PCA was fitted to {pca.n_features_in_} pixels per image, got {flat.shape[1]}"
        )
    return pca.inverse_transform(pca.transform(flat)).reshape(np.shape(images))


def mean_image_reconstruction(train_images: np.ndarray, images: np.ndarray) -> np.ndarray:
    """Answer every image with the mean of ``train_images``: the best code of no numbers at all.

    Raises:
        ValueError: the arrays are unusable or differ in the shape of an image.
    """
    train_images = as_float_array(train_images, "train_images")
    images = as_float_array(images, "images")
    for name, array in (("train_images", train_images), ("images", images)):
        if array.ndim == 0:
            raise ValueError(f"{name} needs a first axis of examples, got one number")
    if train_images.shape[1:] != images.shape[1:]:
        raise ValueError(
            f"train_images are of shape {train_images.shape[1:]}, images of {images.shape[1:]}"
        )
    dtype = np.result_type(train_images, images)
    mean = train_images.mean(axis=0, dtype="float64").astype(dtype)
    return np.broadcast_to(mean, images.shape).copy()


def _flat(images, name):
    images = as_float_array(images, name)
    if images.ndim < 2:
        raise ValueError(f"{name} needs a first axis of examples, got shape {images.shape}")
    return images.reshape(len(images), -1)
