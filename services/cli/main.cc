#include "cli/command_line.h"

int main(int argc, char** argv) { return millwright::cli::Run(argc, argv); }
