"""Saving models whose constructors take layers, arrays and functions."""

import functools
import inspect

import keras


def make_savable(cls: type) -> type:
    """Let ``save`` and ``keras.saving.load_model`` know a class of layers or models.

    Keras notes by itself what a constructor was given where that is numbers and text alone. A
    function that a model keeps, such as a corruption, has to be registered with
    ``keras.saving.register_keras_serializable``, as Keras says when it loads such a model.

    Args:
        cls: a subclass of ``keras.Layer``, without variable arguments.

    Returns:
        The same class.
    """
    construct = cls.__init__

    @functools.wraps(construct)
    def construct_and_note(self, *arguments, **named):
        construct(self, *arguments, **named)
        given = inspect.signature(construct).bind(self, *arguments, **named).arguments
        del given["self"]
        # A function, because Keras would track, and save twice, the layers of a dictionary.
        self._given = lambda: given

    # Keras reads what a constructor takes, and does not look behind a wrapper.
    construct_and_note.__signature__ = inspect.signature(construct)
    cls.__init__ = construct_and_note
    cls.get_config = _get_config
    cls.from_config = classmethod(_from_config)
    return keras.saving.register_keras_serializable("ae_utils")(cls)


def _get_config(self):
    given = self._given()
    if not given.keys() <= inspect.signature(type(self).__init__).parameters.keys():
        raise NotImplementedError(
            f"{type(self).__name__} has a constructor of its own: give it get_config, or call "
            "ae_utils.saving.make_savable on the class"
        )
    return {name: keras.saving.serialize_keras_object(value) for name, value in given.items()}


def _from_config(cls, config):
    return cls(**{n: keras.saving.deserialize_keras_object(v) for n, v in config.items()})
