"""A trained network made ready to run: give it arrays by name, get arrays by name."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping

import numpy as np

from songwright.errors import ShelfError


def is_available() -> bool:
    """Whether networks can run on this machine (ONNX Runtime is installed); nothing is loaded to find out."""
    return importlib.util.find_spec("onnxruntime") is not None


class Network:
    """An ONNX network on the CPU.

    One thread inside the network: songs are parallel over phrases, and one thread adds up in one order, so the same
    arrays give the same bits on one machine. Instances may be shared by threads.
    """

    def __init__(self, data: bytes, name: str = "network", threads: int = 1, plain: bool = False) -> None:
        """data: the bytes of an .onnx file. name: for messages. Raises ShelfError if it is no network.

        plain: run every operator as it is written; none is merged with its neighbours into one that rounds otherwise.
        """
        try:
            import onnxruntime
        except ImportError as problem:
            raise ShelfError(name, "needs ONNX Runtime: pip install onnxruntime") from problem
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised
        # which array may lie where another lay is sought among all of them: most of the time a network took to load,
        # while memory that is given back as soon as it is read comes to the same
        options.enable_mem_reuse = False
        if plain:
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
            options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as problem:  # the library raises its own, unrelated types
            raise ShelfError(name, "is damaged or made for another version") from problem
        self.name = name
        self.shapes = {item.name: tuple(item.shape) for item in self._session.get_inputs()}
        self.kinds = {item.name: item.type for item in self._session.get_inputs()}
        self.inputs = tuple(self.shapes)
        self.outputs = tuple(item.name for item in self._session.get_outputs())

    def run(self, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What the network makes of its inputs: every output by name.

        Unknown or missing names raise ShelfError, and where memory does not suffice, MemoryError.
        """
        if set(arrays) != set(self.inputs):
            raise ShelfError(self.name, f"wants {', '.join(self.inputs)}; was given {', '.join(arrays)}")
        try:
            results = self._session.run(None, dict(arrays))
        except Exception as problem:  # the library raises its own, unrelated types
            if "allocate" in str(problem):
                raise MemoryError(f"{self.name} needs more memory") from problem
            raise
        return dict(zip(self.outputs, results, strict=True))

    @property
    def metadata(self) -> Mapping[str, str]:
        """What its maker wrote into it: names of speakers, versions."""
        return dict(self._session.get_modelmeta().custom_metadata_map)
