"""PyTorch as a peer of the bench: the protocol is that of worker.ts. Argument: threads."""
import json
import resource
import sys
import time

try:
    import torch
    from torch import nn
except ImportError as error:
    print(json.dumps({"missing": f"PyTorch is not there: {error}"}), flush=True)
    sys.exit()

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(1)


def training(parameters, loss):
    optimizer = torch.optim.Adam(parameters, lr=1e-3)

    def step():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        optimizer.step()
        return value.item()

    return step


def cell(layer):
    def start(batch, steps, features, units):
        module = layer(features, units)
        x = torch.rand(steps, batch, features) * 2 - 1
        return training(module.parameters(), lambda: module(x)[0][-1].square().mean())

    return start


def decoder(batch, steps, embedding, units, source=32, attention=128):
    step = nn.LSTMCell(embedding + units, units)
    query, key = nn.Linear(units, attention, bias=False), nn.Linear(units, attention, bias=False)
    vector = nn.Linear(attention, 1, bias=False)
    values = nn.Parameter(torch.rand(batch, source, units) * 0.2 - 0.1)
    previous = torch.rand(steps, batch, embedding) * 2 - 1

    def loss():
        keys = key(values)
        h = c = torch.zeros(batch, units)
        states, contexts = [], []
        for word in previous:
            scores = vector(torch.tanh(query(h)[:, None] + keys))[:, :, 0]
            context = torch.bmm(scores.softmax(1)[:, None], values)[:, 0]
            h, c = step(torch.cat([word, context], 1), (h, c))
            states.append(h)
            contexts.append(context)
        return torch.stack(states).square().mean() + torch.stack(contexts).square().mean()

    modules = [step, query, key, vector]
    return training([values, *(p for m in modules for p in m.parameters())], loss)


def embedding(batch, steps, vocab, features):
    table = nn.Embedding(vocab, features)
    ids = (torch.arange(batch * steps) * 7919 % vocab).reshape(batch, steps)
    return training(table.parameters(), lambda: table(ids).square().mean())


def convolution(batch, height, width, channels):
    pictures = torch.rand(batch, channels, height, width) * 2 - 1
    sizes = [channels, 16, 32, 64]
    layers = [nn.Conv2d(a, b, 3, 2, 1, bias=False) for a, b in zip(sizes, sizes[1:])]

    def loss():
        x = pictures
        for layer in layers:
            x = layer(x).relu()
        return x.mean((2, 3)).square().mean()

    return training([p for layer in layers for p in layer.parameters()], loss)


def cross_entropy(positions, vocab):
    logits = nn.Parameter(torch.rand(positions, vocab) * 0.2 - 0.1)
    labels = torch.arange(positions) * 7919 % vocab

    def step():
        logits.grad = None
        nn.functional.cross_entropy(logits, labels).backward()

    return step


def product(transpose_a, transpose_b):
    def start(batch, rows, inner, columns):
        a = torch.rand(batch, *((inner, rows) if transpose_a else (rows, inner)))
        b = torch.rand(batch, *((columns, inner) if transpose_b else (inner, columns)))
        if batch == 1:
            a, b = a[0], b[0]
        a, b = (a.mT if transpose_a else a), (b.mT if transpose_b else b)
        return lambda: a @ b

    return start


works = {
    "lstm-step": cell(nn.LSTM),
    "gru-step": cell(nn.GRU),
    "rnn-step": cell(nn.RNN),
    "attention-decoder-step": decoder,
    "embedding-step": embedding,
    "conv-step": convolution,
    "cross-entropy": cross_entropy,
    **{
        f"matmul-{prefix}{name}": product(*flags)
        for prefix in ("", "batched-")
        for name, flags in {"ab": (False, False), "atb": (True, False), "abt": (False, True), "atbt": (True, True)}.items()
    },
}


def answer(**values):
    print(json.dumps({**values, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)


torch.ones(2, 2) @ torch.ones(2, 2)
answer(ready=f"PyTorch {torch.__version__}, {torch.get_num_threads()} of the processor's threads, Python {sys.version.split()[0]}")
current = step = None
for line in sys.stdin:
    request = json.loads(line)
    key = (request["work"], tuple(request["shape"]))
    try:
        if key != current:
            current, start = key, works.get(key[0])
            step = start and start(*key[1])
            if step:
                step()
        if step is None:
            answer(ms=None)
            continue
        begin, count = time.perf_counter(), 0
        while count == 0 or time.perf_counter() - begin < 0.15:
            step()
            count += 1
        answer(ms=(time.perf_counter() - begin) * 1000 / count)
    except Exception as error:  # told to the bench, which names it and goes on
        answer(error=str(error))
