/* node/net.h: TCP under the secure channel: addresses that are listened on, calls that come in and
 * go out, handshakes with their limits, and packets on the links that stand.
 *
 * What happens is told through struct net_events, always from the loop, never from inside of a
 * function below. Every dial ends in opened or dial_failed, every opened link in lost.
 */
#ifndef GARITA_NODE_NET_H
#define GARITA_NODE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <uv.h>

#include "channel/channel.h"
#include "engine/engine.h"
#include "fail.h"

struct net;

struct net_events {
    void *context;
    /* payload is what the peer's handshake carried; dial as of engine_opened. */
    void (*opened)(void *context, engine_link_id link, uint32_t dial,
                   const uint8_t noise_key[GARITA_NOISE_KEY_SIZE], const char *address,
                   const uint8_t *payload, size_t payload_len);
    void (*dial_failed)(void *context, uint32_t dial);
    void (*received)(void *context, engine_link_id link, const uint8_t *packet, size_t len);
    void (*sent)(void *context, engine_link_id link, size_t len); /* of packets, as given */
    void (*lost)(void *context, engine_link_id link);
};

/* self and events are the caller's, and outlive it. Null if there is no memory. */
struct net *net_new(uv_loop_t *loop, const struct channel_self *self,
                    const struct net_events *events);

/* "192.0.2.7:7701", "[2001:db8::7]:7701". */
#define NET_ADDRESS_TEXT_SIZE 64
void net_address_text(char out[NET_ADDRESS_TEXT_SIZE], const struct sockaddr *address);

/* Takes calls there. EXIT_DONE, or another status after a message. */
enum exit_status net_listen(struct net *net, const struct sockaddr *address);
/* Where calls are taken, with the ports that were found free. */
size_t net_listen_count(const struct net *net);
const char *net_listen_at(const struct net *net, size_t index);

/* Calls HOST:PORT; noise_key: who must answer, or null for anybody. False if it cannot even be
 * tried, and nothing more is said of it. */
bool net_dial(struct net *net, uint32_t dial, const char *address, const uint8_t *noise_key);

/* Sends a packet; nothing on a link that is gone or ending. */
void net_send(struct net *net, engine_link_id link, const uint8_t *packet, size_t len);

/* Ends a link when what was given before has left, or a second has passed. */
void net_end(struct net *net, engine_link_id link);

/* No more calls, in or out; handshakes are broken off. Links stay. */
void net_stop(struct net *net);
/* Whether there is no connection left. */
bool net_is_quiet(const struct net *net);
/* Cuts what is left. Nothing of net may be used after but by the loop, which ends it. */
void net_cut(struct net *net);
/* When the loop has run out. */
void net_free(struct net *net);

#endif
