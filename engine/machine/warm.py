"""Fill the interpreter's compile cache: `python -m engine.machine.warm`, at set-up and in the image.

Without it, the first request after an installation waits some seconds for the compiler.
"""

from __future__ import annotations

import numpy as np

from engine.machine.operations import Op
from engine.machine.program import Program, compiled


def warm() -> bool:
    """Compile (or load from the cache) and run the smallest program; False without numba."""
    program = Program(1)
    out = np.zeros(1)
    number = program.value(Op.FLOAT_FILL, 2, program.array(np.ones(1)))
    program.emit(Op.SUM, -1, number, program.array(out))
    program.run()
    return compiled is not None


if __name__ == "__main__":
    print("The interpreter is compiled." if warm() else "numba is not installed; the numpy twin is used.")
