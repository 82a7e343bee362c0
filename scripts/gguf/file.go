package main

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The numbers of the format, from
// https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
const (
	version   = 3
	alignment = 32 // bytes, of the tensors' part and of each tensor in it

	typeUint32  = 4
	typeInt32   = 5
	typeFloat32 = 6
	typeBool    = 7
	typeString  = 8
	typeArray   = 9

	float32s = 0 // a tensor of four-byte numbers
	float16s = 1 // of two-byte ones
)

// file is a GGUF file in the making: what is known of the model, then its
// tensors.
type file struct {
	keys    []byte
	nkeys   uint64
	tensors []tensor
}

// tensor is one named array of numbers; shape lists the fastest running
// dimension first.
type tensor struct {
	name  string
	shape []uint64
	kind  uint32 // float32s or float16s
	data  []byte
}

// set appends one fact about the model.
func (f *file) set(key string, value any) {
	f.nkeys++
	f.keys = appendValue(appendString(f.keys, key), value)
}

// bytes lays the file out: header, facts, the list of tensors with their
// offsets, the tensors.
func (f *file) bytes() []byte {
	le := binary.LittleEndian
	b := append([]byte(nil), "GGUF"...)
	b = le.AppendUint32(b, version)
	b = le.AppendUint64(b, uint64(len(f.tensors)))
	b = le.AppendUint64(b, f.nkeys)
	b = append(b, f.keys...)
	offset := uint64(0)
	for _, t := range f.tensors {
		b = appendString(b, t.name)
		b = le.AppendUint32(b, uint32(len(t.shape)))
		for _, n := range t.shape {
			b = le.AppendUint64(b, n)
		}
		b = le.AppendUint32(b, t.kind)
		b = le.AppendUint64(b, offset)
		offset += uint64(len(t.data)+alignment-1) / alignment * alignment
	}
	for _, t := range f.tensors {
		b = append(pad(b), t.data...)
	}
	return pad(b)
}

func pad(b []byte) []byte {
	for len(b)%alignment != 0 {
		b = append(b, 0)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint64(b, uint64(len(s))), s...)
}

// appendValue appends a value behind the number of its type. A type that the
// model's description does not use is a mistake in this program.
func appendValue(b []byte, value any) []byte {
	le := binary.LittleEndian
	switch v := value.(type) {
	case uint32:
		return le.AppendUint32(le.AppendUint32(b, typeUint32), v)
	case float32:
		return le.AppendUint32(le.AppendUint32(b, typeFloat32), math.Float32bits(v))
	case bool:
		b = le.AppendUint32(b, typeBool)
		if v {
			return append(b, 1)
		}
		return append(b, 0)
	case string:
		return appendString(le.AppendUint32(b, typeString), v)
	case []string:
		b = le.AppendUint64(le.AppendUint32(le.AppendUint32(b, typeArray), typeString), uint64(len(v)))
		for _, s := range v {
			b = appendString(b, s)
		}
		return b
	case []int32:
		b = le.AppendUint64(le.AppendUint32(le.AppendUint32(b, typeArray), typeInt32), uint64(len(v)))
		for _, n := range v {
			b = le.AppendUint32(b, uint32(n))
		}
		return b
	}
	panic(fmt.Sprintf("gguf: no type for %T", value))
}

// half is the IEEE 754 half-precision number next to zero from x; x is finite
// and below 65,504.
func half(x float32) uint16 {
	bits := math.Float32bits(x)
	sign := uint16(bits>>16) & 0x8000
	exponent := int32(bits>>23&0xff) - 127 + 15
	if exponent <= 0 {
		return sign
	}
	return sign | uint16(exponent)<<10 | uint16(bits>>13&0x3ff)
}
