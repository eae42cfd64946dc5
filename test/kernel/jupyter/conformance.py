"""The suite jupyter_kernel_test on the kernel that is installed as "heed", with a sample for each of its tests."""

import unittest

import jupyter_kernel_test


class HeedKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "heed"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"

    completion_samples = [
        {"text": "Math.flo", "matches": {"floor"}},
        {"text": "JSON.str", "matches": {"stringify"}},
        {"text": "process.hrt", "matches": {"hrtime"}},
    ]

    complete_code_samples = [
        "1",
        "console.log('hello')",
        "function f(x: number): number {\n  return x * 2\n}\n",
        "for await (const i of [1]) { i }",
        "const a = `one ${2}`",
    ]
    incomplete_code_samples = ["function f(x: number) {", "const a = [1,", "f(`open", "/* open", "class A {\n  b = 1"]
    invalid_code_samples = ["import = 7q", "let a = ;", "foo(])", "}"]

    code_page_something = ""

    code_generate_error = "throw new RangeError('on purpose')"

    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2].map((n) => n * 2)", "result": "[ 2, 4 ]"},
        {"code": "await Promise.resolve('x')", "result": "'x'"},
    ]

    code_display_data = [
        {"code": "display({ [Symbol.for('Jupyter.display')]: () => ({ 'image/svg+xml': '<svg/>' }) })",
         "mime": "image/svg+xml"},
        {"code": "display({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })",
         "mime": "text/html"},
    ]

    code_history_pattern = "1?+?2*"
    supported_history_operations = ("tail", "range", "search")

    code_inspect_sample = "Math.floor"

    code_clear_output = "clearOutput()"


if __name__ == "__main__":
    unittest.main(verbosity=2)
