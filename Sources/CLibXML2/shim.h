#pragma once
/* libxml2's encoding.h takes in ICU's headers where the library was built with ICU. Foundation has an ICU of its own, whose types have
   the same names: a module that sees both may or may not compile, by the order in which modules are built. Nothing here touches what
   they are for, two members at the end of a struct that only libxml2 makes and reads. */
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/uri.h>
#include <libxml/encoding.h>

/* `xmlFree` is a variable that holds a function, which Swift cannot call safely. */
static inline void offprint_xml_free(void *memory) { xmlFree(memory); }
