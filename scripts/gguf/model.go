package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// The model's size: two layers, 380,000 numbers. Small enough to load in a
// third of a second, with every part a grown model has.
const (
	width     = 128  // numbers a token becomes
	layers    = 2    //
	heads     = 4    // of attention
	keyHeads  = 2    // of attention's keys and values: fewer, as in today's models
	headWidth = 32   // numbers a head looks at
	inner     = 256  // width of the feed-forward part
	context   = 8192 // tokens
)

// template tells Ollama how turns are written; it knows this one (ChatML).
const template = `{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}`

// tiny is the whole file of a model of an architecture.
func tiny(arch string, seed uint64) ([]byte, error) {
	if !slices.Contains([]string{"qwen2", "llama", "qwen3"}, arch) {
		return nil, fmt.Errorf("architecture %q: want qwen2, llama or qwen3", arch)
	}
	var f file
	words := newVocabulary()
	describe(&f, arch, words)
	weigh(&f, arch, uint64(len(words.tokens)), rand.New(rand.NewPCG(seed, 0)))
	return f.bytes(), nil
}

func describe(f *file, arch string, v vocabulary) {
	f.set("general.architecture", arch)
	f.set("general.type", "model")
	f.set("general.name", "noise-"+arch)
	f.set("general.file_type", uint32(float16s))
	f.set("general.quantization_version", uint32(2))

	f.set(arch+".context_length", uint32(context))
	f.set(arch+".embedding_length", uint32(width))
	f.set(arch+".block_count", uint32(layers))
	f.set(arch+".feed_forward_length", uint32(inner))
	f.set(arch+".attention.head_count", uint32(heads))
	f.set(arch+".attention.head_count_kv", uint32(keyHeads))
	f.set(arch+".attention.key_length", uint32(headWidth))
	f.set(arch+".attention.value_length", uint32(headWidth))
	f.set(arch+".attention.layer_norm_rms_epsilon", float32(1e-5))
	f.set(arch+".rope.dimension_count", uint32(headWidth))
	f.set(arch+".rope.freq_base", float32(10000))
	f.set(arch+".vocab_size", uint32(len(v.tokens)))

	f.set("tokenizer.ggml.model", "gpt2")
	f.set("tokenizer.ggml.pre", "qwen2")
	f.set("tokenizer.ggml.tokens", v.tokens)
	f.set("tokenizer.ggml.token_type", v.kinds)
	f.set("tokenizer.ggml.merges", v.merges)
	f.set("tokenizer.ggml.bos_token_id", v.endOfText)
	f.set("tokenizer.ggml.eos_token_id", v.endOfTurn)
	f.set("tokenizer.ggml.padding_token_id", v.endOfText)
	f.set("tokenizer.ggml.add_bos_token", false)
	f.set("tokenizer.chat_template", template)
}

// weigh adds the tensors, under the names that llama.cpp gives them.
func weigh(f *file, arch string, words uint64, r *rand.Rand) {
	matrix := func(name string, in, out uint64) {
		f.tensors = append(f.tensors, tensor{name, []uint64{in, out}, float16s, halves(in*out, 1/math.Sqrt(float64(in)), r)})
	}
	vector := func(name string, n uint64, mean, spread float64) {
		f.tensors = append(f.tensors, tensor{name, []uint64{n}, float32s, singles(n, mean, spread, r)})
	}
	const queries, keys = heads * headWidth, keyHeads * headWidth

	matrix("token_embd.weight", width, words)
	vector("output_norm.weight", width, 1, 0)
	matrix("output.weight", width, words)
	for layer := range layers {
		block := fmt.Sprintf("blk.%d.", layer)
		vector(block+"attn_norm.weight", width, 1, 0)
		matrix(block+"attn_q.weight", width, queries)
		matrix(block+"attn_k.weight", width, keys)
		matrix(block+"attn_v.weight", width, keys)
		matrix(block+"attn_output.weight", queries, width)
		vector(block+"ffn_norm.weight", width, 1, 0)
		matrix(block+"ffn_gate.weight", width, inner)
		matrix(block+"ffn_up.weight", width, inner)
		matrix(block+"ffn_down.weight", inner, width)
		switch arch {
		case "qwen2":
			vector(block+"attn_q.bias", queries, 0, 0.02)
			vector(block+"attn_k.bias", keys, 0, 0.02)
			vector(block+"attn_v.bias", keys, 0, 0.02)
		case "qwen3":
			vector(block+"attn_q_norm.weight", headWidth, 1, 0)
			vector(block+"attn_k_norm.weight", headWidth, 1, 0)
		}
	}
}

func halves(n uint64, spread float64, r *rand.Rand) []byte {
	b := make([]byte, 0, 2*n)
	for range n {
		b = binary.LittleEndian.AppendUint16(b, half(float32(r.NormFloat64()*spread)))
	}
	return b
}

func singles(n uint64, mean, spread float64, r *rand.Rand) []byte {
	b := make([]byte, 0, 4*n)
	for range n {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(mean+r.NormFloat64()*spread)))
	}
	return b
}
