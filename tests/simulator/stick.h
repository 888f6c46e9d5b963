/* stick.h: USB sticks: bundles that are carried by hand from node to node, whole or not. */
#ifndef SIM_STICK_H
#define SIM_STICK_H

#include "sim.h"

/* Somebody carries something from one node to another (to may be null: nobody does). */
void stick(struct sim *sim, struct node *from, struct node *to);

#endif
