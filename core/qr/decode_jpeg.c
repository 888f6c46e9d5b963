#include "decode.h"

#include "bounds.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* wants stdio.h before it */

#include <jerror.h>

bool decode_is_jpeg(const unsigned char *bytes, size_t len)
{
    return len >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

/* Everything that must outlive a longjmp out of libjpeg. */
struct job {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    struct gray *out;
    unsigned char *row; /* of CMYK */
    garita_picture_error error;
};

static void fail(struct job *job, garita_picture_error error)
{
    job->error = error;
    longjmp(job->failed, 1);
}

static void on_error(j_common_ptr jpeg)
{
    switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE: /* it would go on in a file */
        fail(jpeg->client_data, GARITA_PICTURE_NO_MEMORY);
        break;
    case JERR_IMAGE_TOO_BIG:
        fail(jpeg->client_data, GARITA_PICTURE_TOO_LARGE);
        break;
    default:
        fail(jpeg->client_data, GARITA_PICTURE_DAMAGED);
    }
}

static void on_message(j_common_ptr jpeg, int level)
{
    if (level < 0)
        jpeg->err->num_warnings++;
}

/* Each scan of a progressive file costs a pass over all pixels, however short it is. */
static void on_progress(j_common_ptr jpeg)
{
    const struct job *job = jpeg->client_data;
    if (job->jpeg.input_scan_number > PICTURE_JPEG_SCANS_MAX)
        fail(jpeg->client_data, GARITA_PICTURE_TOO_LARGE);
}

/* Adobe's programs, and so all others, store CMYK with 0 for full ink. */
static void cmyk_to_gray(unsigned char *out, const unsigned char *in, int width, bool inked_is_255)
{
    for (int x = 0; x < width; x++, in += 4) {
        int flip = inked_is_255 ? 255 : 0;
        int c = in[0] ^ flip, m = in[1] ^ flip, y = in[2] ^ flip, k = in[3] ^ flip;
        out[x] = (unsigned char)((299 * c + 587 * m + 114 * y) / 1000 * k / 255);
    }
}

static void choose_output(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    bool four = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = four ? JCS_CMYK : JCS_GRAYSCALE;
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->scale_denom = 8;
    for (jpeg->scale_num = 8; jpeg->scale_num > 1; jpeg->scale_num--) {
        jpeg_calc_output_dimensions(jpeg);
        if ((long)jpeg->output_width * (long)jpeg->output_height <= PICTURE_WORK_PIXELS_MAX)
            break;
    }
}

static void read_rows(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    bool four = jpeg->out_color_space == JCS_CMYK;
    while (jpeg->output_scanline < jpeg->output_height) {
        unsigned char *made =
            job->out->pixels + (size_t)jpeg->output_scanline * (size_t)job->out->width;
        JSAMPROW row = four ? job->row : made;
        jpeg_read_scanlines(jpeg, &row, 1);
        if (four)
            cmyk_to_gray(made, row, job->out->width, !jpeg->saw_Adobe_marker);
    }
}

static void decode(struct job *job, const unsigned char *bytes, size_t len)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = (long)(PICTURE_CHILD_MEMORY_MAX / 2);
    job->progress.progress_monitor = on_progress;
    jpeg->progress = &job->progress;
    jpeg_mem_src(jpeg, bytes, len);
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->image_width > QR_SIDE_MAX || jpeg->image_height > QR_SIDE_MAX ||
        (long)jpeg->image_width * (long)jpeg->image_height > QR_PIXELS_MAX)
        fail(job, GARITA_PICTURE_TOO_LARGE);
    choose_output(job);
    jpeg_start_decompress(jpeg);
    job->row = malloc((size_t)jpeg->output_width * 4);
    if (job->row == NULL || !gray_make(job->out, (int)jpeg->output_width, (int)jpeg->output_height))
        fail(job, GARITA_PICTURE_NO_MEMORY);
    memset(job->out->pixels, 255, gray_len(job->out)); /* for what a damaged file leaves out */
    read_rows(job);
    jpeg_finish_decompress(jpeg);
    if (job->errors.num_warnings > 0)
        job->error = GARITA_PICTURE_DAMAGED;
}

garita_picture_error decode_jpeg(struct gray *out, const unsigned char *bytes, size_t len)
{
    struct job job = {.out = out, .error = GARITA_PICTURE_OK};
    job.jpeg.err = jpeg_std_error(&job.errors);
    job.jpeg.client_data = &job;
    job.errors.error_exit = on_error;
    job.errors.emit_message = on_message;
    if (setjmp(job.failed) == 0)
        decode(&job, bytes, len);
    jpeg_destroy_decompress(&job.jpeg);
    free(job.row);
    return job.error;
}
