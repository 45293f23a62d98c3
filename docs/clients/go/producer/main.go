// go run ./producer TOPIC COUNT: writes keyed JSON.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"flotilla.example/client"
	pb "flotilla.example/flotilla/v1"
)

// uuid names a request; the broker writes what has the same name once.
func uuid() string {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		log.Fatal(err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// publish writes records, once, however often it has to try.
func publish(brokers *client.Brokers, topic string, records ...*pb.Record) ([]*pb.PublishResponse_PartitionResult, error) {
	request := &pb.PublishRequest{Topic: topic, Records: records, RequestId: uuid()} // the same at each attempt
	for end := time.Now().Add(4 * time.Minute); ; {                                  // the broker remembers the request for five
		results, err := attempt(brokers, request)
		if err == nil {
			return results, nil
		}
		if time.Now().After(end) {
			return nil, err
		}
		if err := brokers.Retry(err); err != nil {
			return nil, err
		}
	}
}

func attempt(brokers *client.Brokers, request *pb.PublishRequest) ([]*pb.PublishResponse_PartitionResult, error) {
	conn, err := brokers.Dial()
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	answer, err := pb.NewProduceServiceClient(conn).Publish(ctx, request, brokers.Trailers())
	if err != nil {
		return nil, err
	}
	for _, result := range answer.Results {
		if e := result.GetError(); e != nil {
			if !e.Retriable {
				return nil, client.Final(e.Message)
			}
			return nil, fmt.Errorf("%s", e.Message)
		}
	}
	return answer.Results, nil
}

func main() {
	topic := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	brokers := client.FromEnvironment()
	for i := 0; i < count; i++ {
		key, value := fmt.Sprintf("user-%d", i%7), fmt.Sprintf(`{"order":%d}`, i)
		results, err := publish(brokers, topic, &pb.Record{Key: []byte(key), Value: []byte(value)})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s is in partition %d at offset %d\n", key, results[0].Partition, results[0].GetAppended().BaseOffset)
	}
}
