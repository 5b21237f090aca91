/* The least that watches an interface behind an XDP program, as Weir does it: the program looks a destination up and passes the
 * packet, or with "drop" drops and counts it; a TPACKET_V3 ring shows the first 256 bytes of what passes. Nothing is judged.
 *   xdp INTERFACE DESTINATION [drop] */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BLOCK = 1 << 20, BLOCKS = 64, SNAP = 256 };
static unsigned long long seen, bytes;

static int must(int result, const char *what) {
  if (result < 0) perror(what), exit(1);
  return result;
}

static int bpf(int command, union bpf_attr *a) { return syscall(SYS_bpf, command, a, sizeof *a); }

static int map(int type, int key, int value, int entries, int flags) {
  union bpf_attr a = {.map_type = type, .key_size = key, .value_size = value, .max_entries = entries, .map_flags = flags};
  return must(bpf(BPF_MAP_CREATE, &a), "map");
}

#define I(c, d, s, o, i) {.code = c, .dst_reg = d, .src_reg = s, .off = o, .imm = i}
#define MAP(r, fd) I(BPF_LD | BPF_DW | BPF_IMM, r, BPF_PSEUDO_MAP_FD, 0, fd), I(0, 0, 0, 0, 0)
#define LOOKUP I(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem)

static void attach(int index, const char *destination, int verdict) {
  int prefixes = map(BPF_MAP_TYPE_LPM_TRIE, 8, 4, 1, BPF_F_NO_PREALLOC), counters = map(BPF_MAP_TYPE_PERCPU_ARRAY, 4, 16, 1, 0);
  uint32_t key[2] = {32, inet_addr(destination)}, one = 1;
  union bpf_attr put = {.map_fd = prefixes, .key = (uintptr_t)key, .value = (uintptr_t)&one};
  must(bpf(BPF_MAP_UPDATE_ELEM, &put), "update");
  struct bpf_insn code[] = {
      I(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS),
      I(BPF_LDX | BPF_W | BPF_MEM, 2, 1, 0, 0),      /* data */
      I(BPF_LDX | BPF_W | BPF_MEM, 9, 1, 4, 0),      /* its end */
      I(BPF_ALU64 | BPF_MOV | BPF_X, 4, 2, 0, 0),
      I(BPF_ALU64 | BPF_ADD | BPF_K, 4, 0, 0, 34),
      I(BPF_JMP | BPF_JGT | BPF_X, 4, 9, 28, 0),
      I(BPF_ALU64 | BPF_SUB | BPF_X, 9, 2, 0, 0),    /* its length */
      I(BPF_LDX | BPF_H | BPF_MEM, 5, 2, 12, 0),
      I(BPF_JMP | BPF_JNE | BPF_K, 5, 0, 25, htons(ETH_P_IP)),
      I(BPF_LDX | BPF_W | BPF_MEM, 5, 2, 30, 0),
      I(BPF_ST | BPF_W | BPF_MEM, 10, 0, -8, 32),
      I(BPF_STX | BPF_W | BPF_MEM, 10, 5, -4, 0),
      MAP(1, prefixes),
      I(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
      I(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -8),
      LOOKUP,
      I(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 15, 0),
      I(BPF_ST | BPF_W | BPF_MEM, 10, 0, -4, 0),
      MAP(1, counters),
      I(BPF_ALU64 | BPF_MOV | BPF_X, 2, 10, 0, 0),
      I(BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4),
      LOOKUP,
      I(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 6, 0),
      I(BPF_LDX | BPF_DW | BPF_MEM, 1, 0, 0, 0),
      I(BPF_ALU64 | BPF_ADD | BPF_K, 1, 0, 0, 1),
      I(BPF_STX | BPF_DW | BPF_MEM, 0, 1, 0, 0),
      I(BPF_LDX | BPF_DW | BPF_MEM, 1, 0, 8, 0),
      I(BPF_ALU64 | BPF_ADD | BPF_X, 1, 9, 0, 0),
      I(BPF_STX | BPF_DW | BPF_MEM, 0, 1, 8, 0),
      I(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, verdict),
      I(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
      I(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, XDP_PASS),
      I(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
  };
  int jumps[] = {5, 8, 17};
  for (int i = 0; i < 3; i++) code[jumps[i]].off = sizeof code / sizeof *code - 2 - jumps[i] - 1;
  static char log[1 << 16];
  union bpf_attr load = {.prog_type = BPF_PROG_TYPE_XDP, .insns = (uintptr_t)code, .insn_cnt = sizeof code / sizeof *code, .license = (uintptr_t)"GPL",
                         .log_level = 1, .log_buf = (uintptr_t)log, .log_size = sizeof log};
  int program = bpf(BPF_PROG_LOAD, &load);
  if (program < 0) fprintf(stderr, "%s", log);
  must(program, "program");
  union bpf_attr link = {.link_create = {.prog_fd = program, .target_ifindex = index, .attach_type = BPF_XDP}};
  must(bpf(BPF_LINK_CREATE, &link), "link");
}

static char *ring(int *fd, int index) {
  int version = TPACKET_V3;
  struct sock_filter first[] = {{BPF_RET | BPF_K, 0, 0, SNAP}};
  struct sock_fprog filter = {1, first};
  *fd = must(socket(AF_PACKET, SOCK_RAW, 0), "socket");
  must(setsockopt(*fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version), "version");
  must(setsockopt(*fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter), "filter");
  struct tpacket_req3 request = {.tp_block_size = BLOCK, .tp_block_nr = BLOCKS, .tp_frame_size = 2048, .tp_frame_nr = BLOCKS * (BLOCK / 2048), .tp_retire_blk_tov = 1};
  must(setsockopt(*fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request), "ring");
  char *memory = mmap(0, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
  must(memory == MAP_FAILED ? -1 : 0, "mmap");
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
  must(bind(*fd, (void *)&address, sizeof address), "bind");
  return memory;
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: xdp INTERFACE DESTINATION [drop]\n"), 2;
  int index = if_nametoindex(argv[1]), fd;
  attach(index, argv[2], argc > 3 ? XDP_DROP : XDP_PASS);
  char *memory = ring(&fd, index);
  fprintf(stderr, "ready\n");
  for (unsigned next = 0;; next = (next + 1) % BLOCKS) {
    struct tpacket_block_desc *block = (void *)(memory + (size_t)next * BLOCK);
    while (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) {
      struct pollfd one = {fd, POLLIN, 0};
      poll(&one, 1, 8);
    }
    char *at = (char *)block + block->hdr.bh1.offset_to_first_pkt;
    for (unsigned i = 0; i < block->hdr.bh1.num_pkts; i++) {
      struct tpacket3_hdr *h = (void *)at;
      seen++, bytes += h->tp_len;
      at += h->tp_next_offset;
    }
    __atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  }
}
