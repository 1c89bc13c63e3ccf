"""bin/demo up to the point where the virtual environment stands; then cse.embedded.demo."""

import os
import sys

import environment
import system


def main() -> None:
    # Asking how to use it should not install anything.
    if {"-h", "--help"} & set(sys.argv[1:]):
        print("usage: bin/demo [--port N]\n\nSets up and runs the demo until Ctrl-C.")
        return
    try:
        system.check_disk(environment.PROJECT, environment.missing_bytes("embedded"))
        system.provide(system.PDF_LIBRARIES, system.missing_pdf_libraries())
        python = environment.ensure("embedded")
    except system.SetupError as error:
        sys.exit(f"bin/demo: {error}")
    except KeyboardInterrupt:
        sys.exit("bin/demo: stopped before it was ready; the next start goes on from here")
    os.chdir(environment.PROJECT)
    os.execv(python, [str(python), "-m", "cse.embedded.demo", *sys.argv[1:]])  # noqa: S606


if __name__ == "__main__":
    main()
