/* cli/scan_picture.h: the codes in a picture. */
#ifndef GARITA_CLI_SCAN_PICTURE_H
#define GARITA_CLI_SCAN_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include <garita/picture.h>

#include "scan_pile.h"

/* A garita_qr_wanted: true for texts of ours. */
bool scan_picture_wants(void *context, const unsigned char *text, size_t len);

/* Whether a text that was read beside these others counts: it is ours, or none of them is. */
bool scan_picture_counts(const garita_qr_texts *texts, const garita_qr_text *text);

/* Wipes and frees the texts: the process that decodes the next picture is a copy of this one, and a
 * hostile picture must not find in it what an earlier traveler showed. */
void scan_picture_forget(garita_qr_texts *texts);

/* Reads the PNG or JPEG in a process without rights, and puts each code of ours in it on the pile.
 * Foreign codes beside one of ours (an advertisement on a phone's case) do not count; alone, each
 * is a failure; and so is a picture in which no code is found. False if nothing can be written any
 * more (see outlet_flush). */
bool scan_picture(struct scan_pile *pile, const char *source, const uint8_t *bytes, size_t len);

#endif
