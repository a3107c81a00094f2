# Builds build/server, a gRPC C++ server, with what Debian installs. The Makefile that includes this says:
#   SOURCES   its .cc files
#   PROTOS    all .proto files that its service needs, below ../../../protos
#   SERVICE   the one of them that declares the service

COMMON := ../cpp-common
PROTO_ROOT := ../../../protos
CXXFLAGS ?= -O1

PACKAGES := grpc++ protobuf
CPPFLAGS += -Ibuild/gen -I$(COMMON) $(shell pkg-config --cflags $(PACKAGES))
# Nothing refers to the reflection library by name: it registers itself when it is loaded, so the linker must keep it.
LDLIBS := -Wl,--no-as-needed -lgrpc++_reflection -Wl,--as-needed $(shell pkg-config --libs $(PACKAGES))

GENERATED := $(PROTOS:%.proto=build/gen/%.pb.cc) $(SERVICE:%.proto=build/gen/%.grpc.pb.cc)
HEADERS := $(GENERATED:.cc=.h)
OBJECTS := $(SOURCES:%.cc=build/%.o) $(GENERATED:.cc=.o) build/serve.o

build/server: $(OBJECTS)
	$(CXX) $(LDFLAGS) -o $@ $^ $(LDLIBS)

build/%.o: %.cc | $(HEADERS)
	$(CXX) -std=c++17 -Wall -Wextra -MMD -MP $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

build/serve.o: $(COMMON)/serve.cc | $(HEADERS)
	$(CXX) -std=c++17 -Wall -Wextra -MMD -MP $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

build/gen/%.o: build/gen/%.cc | $(HEADERS)
	$(CXX) -std=c++17 $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

build/gen/%.grpc.pb.cc build/gen/%.grpc.pb.h: $(PROTO_ROOT)/%.proto
	mkdir -p build/gen
	protoc -I$(PROTO_ROOT) --plugin=protoc-gen-grpc=$$(command -v grpc_cpp_plugin) --grpc_out=build/gen $<

build/gen/%.pb.cc build/gen/%.pb.h: $(PROTO_ROOT)/%.proto
	mkdir -p build/gen
	protoc -I$(PROTO_ROOT) --cpp_out=build/gen $<

-include $(SOURCES:%.cc=build/%.d) build/serve.d
.SECONDARY:
.DELETE_ON_ERROR:
