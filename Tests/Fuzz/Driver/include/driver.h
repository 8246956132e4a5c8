/* What the package manager calls instead of `main` in the executable `fuzz`. */
int fuzz_main(int argc, char **argv);
