/* The least that joins two interfaces: a TPACKET_V2 ring in, sendmmsg out of it, nothing judged, as Weir does it.
 *   bridge OUTSIDE INSIDE */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>

enum { BATCH = 256, BLOCK = 1 << 18, BLOCKS = 256, SLOT = 2048, SLOTS = BLOCKS * (BLOCK / SLOT), VNET = 10 };
struct side { int fd; char *ring; unsigned next; };

static void must(int result, const char *what) {
  if (result < 0) perror(what), exit(1);
}

static void start(struct side *s, const char *name) {
  int version = TPACKET_V2, on = 1, buffer = 16 << 20;
  s->fd = socket(AF_PACKET, SOCK_RAW, 0);
  must(setsockopt(s->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version), "version");
  must(setsockopt(s->fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on), "vnet");
  must(setsockopt(s->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on), "outgoing");
  must(setsockopt(s->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof on), "bypass");
  must(setsockopt(s->fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer), "buffer");
  struct tpacket_req request = {BLOCK, BLOCKS, SLOT, SLOTS};
  must(setsockopt(s->fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request), "ring");
  s->ring = mmap(0, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, 0);
  must(s->ring == MAP_FAILED ? -1 : 0, "mmap");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(name)};
  must(bind(s->fd, (void *)&address, sizeof address), name);
  struct packet_mreq promiscuous = {.mr_ifindex = address.sll_ifindex, .mr_type = PACKET_MR_PROMISC};
  must(setsockopt(s->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous), "promiscuous");
}

static int pass(struct side *from, struct side *to) {
  static struct mmsghdr headers[BATCH];
  static struct iovec vectors[BATCH];
  int n = 0;
  unsigned first = from->next;
  for (; n < BATCH; n++) {
    struct tpacket2_hdr *h = (void *)(from->ring + (size_t)from->next * SLOT);
    if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) break;
    /* A frame that no slot holds, as of cards that join some, is more than this program carries. */
    vectors[n] = (struct iovec){(char *)h + h->tp_mac - VNET, h->tp_snaplen + VNET};
    headers[n].msg_hdr = (struct msghdr){.msg_iov = &vectors[n], .msg_iovlen = 1};
    from->next = (from->next + 1) % SLOTS;
  }
  for (int sent = 0; sent < n;) {
    int more = sendmmsg(to->fd, headers + sent, n - sent, 0);
    sent += more > 0 ? more : 1;
  }
  for (int i = 0; i < n; i++) {
    struct tpacket2_hdr *h = (void *)(from->ring + (size_t)((first + i) % SLOTS) * SLOT);
    __atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  }
  return n;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: bridge OUTSIDE INSIDE\n"), 2;
  struct side sides[2] = {};
  start(&sides[0], argv[1]);
  start(&sides[1], argv[2]);
  fprintf(stderr, "ready\n");
  for (;;) {
    if (pass(&sides[0], &sides[1]) + pass(&sides[1], &sides[0]) == 0) {
      struct pollfd both[2] = {{sides[0].fd, POLLIN, 0}, {sides[1].fd, POLLIN, 0}};
      poll(both, 2, 8);
    }
  }
}
