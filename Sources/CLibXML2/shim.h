#pragma once
#include <libxml/HTMLparser.h>
#include <libxml/uri.h>
#include <libxml/encoding.h>

/* `xmlFree` is a variable that holds a function, which Swift cannot call safely. */
static inline void offprint_xml_free(void *memory) { xmlFree(memory); }
