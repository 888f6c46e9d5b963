/* Every bound of the QR part, with its reason. The public ones are in the public headers. */
#ifndef GARITA_QR_BOUNDS_H
#define GARITA_QR_BOUNDS_H

#include <garita/qr_draw.h>
#include <garita/qr_read.h>

/* The scale ends at 32 so that whatever is drawn can be read back: version 40 is then 5,920 pixels
 * wide, 35 million in all, under QR_PIXELS_MAX. It is also 1,600 dpi at our module size, finer than
 * printers go. */

/* A module in print, in micrometres. Handheld scanners resolve 0.25 mm, phones at arm's length
 * about 0.4; at 0.5 mm a version 10 code is 32.5 mm with its quiet zone and fits a card. */
#define QR_MODULE_UM 500

/* Pictures. A 48-megapixel phone passes; a side beyond 2^14 is no camera's, and keeps every product
 * of two coordinates within 32 bits. */
#define QR_SIDE_MAX 16384
#define QR_PIXELS_MAX 50000000L

/* A file of that many pixels, hardly compressed. */
#define PICTURE_BYTES_MAX (64UL << 20)

/* Readers look first, and with the dear methods only, at a picture of at most so many pixels, which
 * still shows a card that fills a third of a photograph with some four pixels to a module. */
#define QR_QUICK_PIXELS_MAX 2500000UL

/* What the readers work on: larger pictures are halved until they fit. 12-megapixel photographs
 * pass whole; a code that 16 million pixels do not show, no reader finds. */
#define PICTURE_WORK_PIXELS_MAX 16000000L

/* Scans of a progressive JPEG. Encoders write about 10; each one costs a pass over all pixels,
 * which a small file can ask for thousands of times. */
#define PICTURE_JPEG_SCANS_MAX 64

/* The child: a 50-megapixel picture with its copies takes about 400 MB. The address space is
 * counted on top of what the caller had mapped. */
#define PICTURE_CHILD_MEMORY_MAX (768UL << 20)

#endif
