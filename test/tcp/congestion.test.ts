import assert from 'node:assert/strict';
import { editRto } from '../../src/tcp/retransmission/variables.js';
import { num } from '../../src/tcp/seq.js';
import { editTcb, type Tcb } from '../../src/tcp/tcb.js';
import { arrive, call, established, expire, type Seen, seg } from './fixtures.js';

function begun(changes = {}): Tcb {
  const tcb = established({
    snd: { mss: 100 },
    settings: { initialWindow: 4, congestionAlgorithm: 'cubic', ...changes },
  });
  return editTcb(tcb, { rto: editRto(tcb.rto, { srtt: 100_000, rttvar: 50_000 }) });
}

/** The first number of each segment that left, and its length. */
function left({ segments }: Seen): readonly string[] {
  return segments.map(({ seq, data }) => `${num(seq)}+${data.length}`);
}

const ack = (number: number) => seg('ACK', { seq: 101, ack: number });

describe('RFC 5681, RFC 6928: slow start (deviation initial-window)', () => {
  const sent = call.send(begun(), 2_000);

  it('so many segments are under way at first', () => {
    assert.deepEqual(left(sent), ['301+100', '401+100', '501+100', '601+100']);
  });

  it('without it the send window is the only limit', () => {
    assert.equal(call.send(established({ snd: { mss: 100 } }), 2_000).segments.length, 20);
  });

  it('each acknowledged segment lets two more go', () => {
    const seen = arrive(sent.tcb, ack(501));
    assert.deepEqual(left(seen), ['701+100', '801+100', '901+100', '1001+100']);
    assert.equal(seen.tcb.rto.congestion?.window, 6);
  });

  it('room for one segment waits for room for two, when what is outstanding is older than a round trip', () => {
    const small = call.send(begun(), 10).tcb;
    assert.deepEqual(left(call.send(small, 2_000, 2, 50_000)), ['311+100', '411+100', '511+100']);
    assert.deepEqual(left(call.send(small, 2_000, 2, 100_000)), ['311+100', '411+100']);
  });

  it('a window that is not used does not grow', () => {
    const small = call.send(begun(), 100).tcb;
    assert.equal(arrive(small, ack(401)).tcb.rto.congestion?.window, 4);
  });

  it('it grows while more than half of it was used since the last round trip began (RFC 7661 §4.1)', () => {
    const three = call.send(begun(), 300).tcb;
    const last = arrive(arrive(three, ack(401)).tcb, ack(501)).tcb;
    assert.equal(last.rto.congestion?.window, 6);
    assert.equal(arrive(last, ack(601)).tcb.rto.congestion?.window, 6);
  });

  it('after an RTO without text it is halved, once more for each, down to what it was at first (RFC 5681 §4.1)', () => {
    let tcb = sent.tcb;
    for (let end = 501; end <= 2_301; end += 200) tcb = arrive(tcb, ack(end), 50_000).tcb;
    assert.equal(tcb.rto.congestion?.window, 24);
    const rto = tcb.rto.value;
    const count = (idle: number) => call.send(tcb, 3_000, 2, 50_000 + idle).segments.length;
    assert.equal(count(rto), 24);
    assert.equal(count(rto + 1), 12);
    assert.equal(count(2 * rto + 1), 6);
    assert.equal(count(9 * rto), 4);
  });

  it('a FIN waits for it, too', () => {
    const full = call.close(call.send(begun(), 400).tcb);
    assert.deepEqual(full.sent, []);
    assert.deepEqual(arrive(full.tcb, ack(401)).sent, ['<SEQ=701><ACK=101><CTL=FIN,ACK>']);
  });

  it('after the RTO one segment goes, then as many as ACKs make room for, from SND.UNA on', () => {
    const late = expire(sent.tcb, 'retransmission', 1_000_000);
    assert.deepEqual(left(late), ['301+100']);
    const once = arrive(late.tcb, ack(401), 1_100_000);
    assert.deepEqual(left(once), ['401+100', '501+100']);
    const twice = arrive(once.tcb, ack(601), 1_200_000);
    assert.deepEqual(left(twice), ['601+100', '701+100']);
  });

  it('the loss is over when all that was sent before it is acknowledged', () => {
    const late = expire(sent.tcb, 'retransmission', 1_000_000).tcb;
    const over = arrive(late, ack(701), 1_100_000);
    assert.equal(over.tcb.rto.congestion?.loss, undefined);
    assert.deepEqual(left(over), ['701+100', '801+100']);
  });

  describe('RFC 5682: an RTO that came too early (deviation spurious-timeout)', () => {
    const suspicious = call.send(begun({ spuriousTimeout: 'undo' }), 2_000);
    const late = expire(suspicious.tcb, 'retransmission', 1_000_000).tcb;

    it('the first ACK lets new text go before what may be lost, if there is any', () => {
      assert.deepEqual(left(arrive(late, ack(401), 1_100_000)), ['701+100', '801+100']);
      const all = expire(
        call.send(begun({ spuriousTimeout: 'undo' }), 400).tcb,
        'retransmission',
        1_000_000,
      );
      assert.deepEqual(left(arrive(all.tcb, ack(401), 1_100_000)), ['401+100', '501+100']);
    });

    it('an ACK of what was never sent again brings the window back', () => {
      const once = arrive(late, ack(401), 1_100_000).tcb;
      const twice = arrive(once, ack(501), 1_200_000);
      assert.equal(twice.tcb.rto.congestion?.loss, undefined);
      assert.equal(twice.tcb.rto.congestion?.window, 5);
      assert.ok(left(twice).length > 0);
      assert.ok(left(twice).every((text) => Number.parseInt(text, 10) > 801));
    });
  });

  it('text before a FIN goes again in LAST_ACK, too', () => {
    const closing = (tcb: Tcb) =>
      call.close(arrive(tcb, seg('FIN,ACK', { seq: 101, ack: 301 })).tcb);
    const waiting = closing(call.send(begun(), 300).tcb).tcb;
    assert.equal(waiting.state, 'LAST_ACK');
    const late = expire(waiting, 'retransmission', 1_000_000).tcb;
    const seen = arrive(late, seg('ACK', { seq: 102, ack: 401 }), 1_100_000);
    assert.deepEqual(left(seen), ['401+100', '501+100']);
  });
});
