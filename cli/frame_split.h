/* cli/frame_split.h: where the first picture of a stream of pictures ends.
 *
 * Only the outermost structure is followed: the chunks of a PNG (ISO/IEC 15948, 5.3), the markers
 * of a JPEG (ITU-T T.81, annex B). What is inside is for the decoder, in its own process.
 */
#ifndef GARITA_CLI_FRAME_SPLIT_H
#define GARITA_CLI_FRAME_SPLIT_H

#include <stddef.h>
#include <stdint.h>

enum frame_state {
    FRAME_WHOLE,  /* *frame_len bytes are one picture */
    FRAME_BEGUN,  /* more bytes are needed */
    FRAME_FOREIGN /* no PNG or JPEG begins here, or it is damaged so that its end cannot be told */
};

/* frame_len is set only for FRAME_WHOLE. */
enum frame_state frame_split(size_t *frame_len, const uint8_t *bytes, size_t len);

#endif
