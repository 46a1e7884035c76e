#pragma once
// Input pointers become const, so that Swift can lend its arrays without copying them.
#define ZLIB_CONST
#include <zlib.h>
