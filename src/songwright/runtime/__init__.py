"""Running trained networks without the library that trained them: ONNX Runtime sessions."""
