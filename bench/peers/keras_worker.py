"""Keras 3 on TensorFlow as a peer of the bench: the protocol is that of worker.ts. Argument: threads."""
import json
import os
import resource
import sys
import time

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
try:
    import tensorflow as tf
    import keras
except ImportError as error:
    print(json.dumps({"missing": f"Keras with TensorFlow is not there: {error}"}), flush=True)
    sys.exit()

tf.config.threading.set_intra_op_parallelism_threads(int(sys.argv[1]))
tf.config.threading.set_inter_op_parallelism_threads(1)
keras.utils.set_random_seed(1)


def training(variables, loss):
    """A compiled step, as Keras's own training makes it."""
    optimizer = keras.optimizers.Adam(1e-3)
    optimizer.build(variables)

    @tf.function
    def compiled():
        with tf.GradientTape() as tape:
            value = loss()
        optimizer.apply(tape.gradient(value, variables), variables)
        return value

    return lambda: float(compiled())


def layer_step(layer, x):
    layer(x)
    return training(layer.trainable_variables, lambda: tf.reduce_mean(tf.square(layer(x))))


def cell(layer):
    def start(batch, steps, features, units):
        return layer_step(layer(units, unroll=False), tf.random.uniform((batch, steps, features), -1, 1))

    return start


def embedding(batch, steps, vocab, features):
    ids = tf.reshape(tf.range(batch * steps) * 7919 % vocab, (batch, steps))
    return layer_step(keras.layers.Embedding(vocab, features), ids)


def convolution(batch, height, width, channels):
    layers = [keras.layers.Conv2D(n, 3, 2, "same", activation="relu", use_bias=False) for n in (16, 32, 64)]
    model = keras.Sequential([*layers, keras.layers.GlobalAveragePooling2D()])
    return layer_step(model, tf.random.uniform((batch, height, width, channels), -1, 1))


def cross_entropy(positions, vocab):
    logits = keras.Variable(keras.random.uniform((positions, vocab), -0.1, 0.1))
    labels = tf.range(positions) * 7919 % vocab

    @tf.function
    def gradient():
        with tf.GradientTape() as tape:
            each = keras.losses.sparse_categorical_crossentropy(labels, logits.value, from_logits=True)
            value = tf.reduce_mean(each)
        return tape.gradient(value, logits.value)

    return lambda: gradient()[0, 0].numpy()


works = {
    "lstm-step": cell(keras.layers.LSTM),
    "gru-step": cell(keras.layers.GRU),
    "rnn-step": cell(keras.layers.SimpleRNN),
    "embedding-step": embedding,
    "conv-step": convolution,
    "cross-entropy": cross_entropy,
}


def answer(**values):
    print(json.dumps({**values, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}), flush=True)


tf.matmul(tf.ones((2, 2)), tf.ones((2, 2))).numpy()
answer(ready=f"Keras {keras.__version__} on TensorFlow {tf.__version__}, {sys.argv[1]} threads, Python {sys.version.split()[0]}")
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
