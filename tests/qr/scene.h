/* Pictures of QR codes as cameras make them: for the tests and for tests/bench/pictures. The same
 * arguments give the same pixels. Memory that cannot be had ends the program: this is for tests. */
#ifndef GARITA_TESTS_QR_SCENE_H
#define GARITA_TESTS_QR_SCENE_H

#include <garita/qr_draw.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scene {
    int width, height;
    unsigned char *pixels; /* grayscale, owned; scene_free */
};

/* How a code stands in a scene. */
struct scene_pose {
    double x, y;     /* of its middle, in pixels */
    double module;   /* pixels per module, before the keystone */
    double degrees;  /* turned, clockwise */
    double keystone; /* each upper corner moves inwards by this part of the side: 0.1 is 10 % */
    double tilt;     /* degrees by which the keystone's direction is turned against the code */
    bool inverted;   /* light modules on dark ground */
};

/* A plain desk with a little texture and no code. */
struct scene scene_make(int width, int height, uint64_t seed);
void scene_free(struct scene *scene);

/* Lays the code, printed black on a white card with its quiet zone, into the scene. */
void scene_place(struct scene *scene, const garita_qr *qr, const struct scene_pose *pose);

/* What happens to the picture afterwards. */
void scene_blur(struct scene *scene, double sigma);             /* Gaussian, in pixels */
void scene_contrast(struct scene *scene, int black, int white); /* 0 becomes black, 255 white */
void scene_gradient(struct scene *scene, double dark); /* light falls to dark of 1 across */
void scene_glare(struct scene *scene, double x, double y, double radius); /* a lamp's reflection */
void scene_noise(struct scene *scene, double sigma, uint64_t seed);
void scene_invert(struct scene *scene);

/* Files. The caller frees what is returned. */
unsigned char *scene_jpeg(const struct scene *scene, int quality, size_t *len);
unsigned char *scene_png(const struct scene *scene, size_t *len);

/* Through a JPEG of this quality and back, in place. */
void scene_through_jpeg(struct scene *scene, int quality);

/* A deterministic source: splitmix64. */
uint64_t scene_random(uint64_t *state);

/* A text as ours are, "GT1:" and random Base45 letters, that fills the version at level M. */
size_t scene_text(char *text, size_t room, int version, uint64_t *state);

#endif
