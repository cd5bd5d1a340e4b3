# SPDX-License-Identifier: Apache-2.0
"""What the tests of the whole program share. They find it by PYTHONPATH, which test/CMakeLists.txt sets."""
