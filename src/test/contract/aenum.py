"""Debian has no aenum. The client generated for pydantic 1 uses two names of it, and that a class knows itself."""

import enum

no_arg = object()


class _Known(enum.EnumMeta):
    @classmethod
    def __prepare__(cls, name, bases, **options):
        namespace = super().__prepare__(name, bases, **options)
        dict.__setitem__(namespace, name, None)  # for the annotations of its own methods
        return namespace


class Enum(enum.Enum, metaclass=_Known):
    """An enumeration whose body may name the class."""
