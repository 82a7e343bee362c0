// Command gguf writes a tiny language model of random weights, for tests that
// want a real Ollama server without a real model's gigabytes:
//
//	go run ./scripts/gguf [-arch qwen2|llama|qwen3] [-seed 1] OUT.gguf
//
// The file (GGUF version 3, about 0.8 MB) says nothing but noise. That is its
// use: what such a model answers is proven by the schema alone, and whatever it
// proposes has to be refused or survived by the code. The same flags give the
// same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	arch := flag.String("arch", "qwen2", "architecture: qwen2 or llama (run by llama.cpp), qwen3 (run by Ollama's own engine)")
	seed := flag.Uint64("seed", 1, "seed of the random weights")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: gguf [-arch qwen2|llama|qwen3] [-seed N] OUT.gguf")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *arch, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "gguf:", err)
		os.Exit(1)
	}
}

func run(path, arch string, seed uint64) error {
	data, err := tiny(arch, seed)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
