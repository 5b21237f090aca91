/**
 * Which packets belong together: connections and exchanges, proven and not yet.
 *
 * <pre>
 *   packet ──▶ FlowTracker.relate ──▶ Relation ──▶ (count, rules, scrub) ──▶ verdict ──▶ FlowTracker.commit
 *                 │ reads                                                              │ writes, if it passed
 *                 ▼                                                                    ▼
 *      ConnectionTable (proven)   CandidateTable × 5 (openings, strangers, exchanges, refused, fragments)
 * </pre>
 *
 * <p>{@code TcpRelation} tells which table a segment belongs to; {@code TcpHandshakes}, {@code TcpConnections} (with
 * {@code TcpWindow}) and {@code TcpStrangers} each know one. {@code ExchangeRelation} is for every other protocol.
 *
 * <p>What is unproven lives in tables of its own, so that no flood of opening packets can evict a connection; and no
 * connection gives way to one that is proven less. Every table has a fixed size. One worker owns a tracker; nothing
 * allocates after construction. Neighbours: {@code filter.packet}, {@code filter.verdict}.
 */
@NullMarked
package io.weir.filter.flow;

import org.jspecify.annotations.NullMarked;
